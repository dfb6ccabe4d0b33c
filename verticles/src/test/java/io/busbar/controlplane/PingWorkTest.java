package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.ownership.Ownership;
import io.busbar.testing.FakeMembers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.grpc.server.GrpcServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What a Ping has to look at: every step at owners and at the tables of hosts is counted, none is
 * timed.
 */
class PingWorkTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger steps = new AtomicInteger();
  private final FakeOwnership real = new FakeOwnership("a");
  private final ControlPlaneNode node =
      new ControlPlaneNode(
          new ControlPlaneOptions(
              "127.0.0.1",
              0,
              Optional.empty(),
              List.of(),
              true,
              100,
              100,
              16 << 10,
              Duration.ofMinutes(1),
              TlsMode.OFF,
              0,
              true,
              true,
              "",
              Map.of(),
              HostRules.DEFAULTS),
          StationTls.OFF::applyTo,
          StationTls.OFF::dial,
          () -> NodeLoad.NONE,
          new SimpleMeterRegistry());

  @AfterEach
  void stop() {
    Station.await(vertx.close());
  }

  @Test
  void aPingLooksAtNoOwnerAndAsOftenAtHostsHoweverManyThereAre() {
    HttpServer server = Station.await(serve());
    HostName here = HostName.parse("127.0.0.1:" + server.actualPort()).orElseThrow();
    PeerCalls client = new PeerCalls(vertx, "10.9.9.9", 5);
    int few = stepsOf(client, here, 10, 1);
    int many = stepsOf(client, here, 20_000, 5_000);
    assertEquals(few, many, "steps of 20 pings");
    Station.await(client.close());
  }

  @Test
  void theCountSeesAListOfKeys() {
    counting(Ownership.class, real).list("a", "", 10);
    counting(Map.class, Map.of("a", "b")).get("a");
    assertTrue(steps.get() >= 2, "a Ping that looked would be found");
  }

  // ---- parts ----

  private io.vertx.core.Future<HttpServer> serve() {
    FakeMembers members =
        new FakeMembers(NodeInfo.newBuilder().setNodeId("id-a").setName("a").build());
    GrpcServer methods = GrpcServer.server(vertx);
    new ControlPlaneMethods(node, vertx, members, counting(Ownership.class, real)).bind(methods);
    return vertx.createHttpServer().requestHandler(methods).listen(0, "127.0.0.1");
  }

  private int stepsOf(PeerCalls client, HostName here, int keys, int hosts) {
    for (int i = 0; i < keys; i++) {
      Station.await(real.claim("key-" + i));
    }
    Map<HostName, Standing> foreign = new HashMap<>();
    Map<HostName, Long> incarnations = new HashMap<>();
    for (int i = 0; i < hosts; i++) {
      HostName host = HostName.parse("10.1." + i / 250 + "." + (1 + i % 250)).orElseThrow();
      foreign.put(host, Standing.LIVE);
      incarnations.put(host, 1L + i);
    }
    node.publish(
        new View(
            here,
            NodeState.UP,
            counted(Map.of(here, "a")),
            counted(Map.of(here, false)),
            counted(foreign),
            1 + hosts,
            counted(incarnations),
            NegotiateReply.getDefaultInstance(),
            7,
            Map.of(),
            true));
    Station.await(client.ping(here));
    steps.set(0);
    for (int i = 0; i < 20; i++) {
      assertEquals(7, Station.await(client.ping(here)).getViewEpoch());
    }
    return steps.get();
  }

  @SuppressWarnings("unchecked")
  private <K, V> Map<K, V> counted(Map<K, V> map) {
    return counting(Map.class, map);
  }

  /** Counts every call of it; looking at all elements counts as many steps. */
  private <T> T counting(Class<T> type, T counted) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              boolean all =
                  counted instanceof Map
                      && List.of("entrySet", "keySet", "values", "forEach", "containsValue")
                          .contains(method.getName());
              steps.addAndGet(all ? 1 + ((Map<?, ?>) counted).size() : 1);
              try {
                return method.invoke(counted, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
  }
}
