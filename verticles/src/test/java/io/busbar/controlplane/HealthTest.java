package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.ControlPlaneGrpcClient;
import io.busbar.gocart.wire.HealthInfo;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.busbar.gocart.wire.PingReply;
import io.busbar.gocart.wire.WatchMembershipRequest;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What hosts tell each other of their health. */
class HealthTest {
  private Station a;
  private Station b;
  private PeerCalls client;
  private GrpcClient watcher;

  @BeforeEach
  void start() {
    a = new Station("a", List.of());
    b = new Station("b", List.of(a.name()));
    client = new PeerCalls(a.vertx, "10.9.9.9", 30);
    Station.await(() -> a.node.health().of(a.name()) != null);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    if (watcher != null) {
      Station.await(watcher.close());
    }
    b.close();
    a.close();
  }

  @Test
  void pingTellsHealthAndThatItIsSpoken() {
    PingReply reply = Station.await(client.ping(a.name()));
    assertTrue(reply.getCapabilitiesList().contains("health.v1"));
    assertTrue(reply.getHealth().getHeapUsedBytes() > 0);
    assertTrue(reply.getHealth().getUptimeMs() > 0);
    assertFalse(reply.getHealth().getDraining());
  }

  @Test
  void pingTellsLoadAndPlace() {
    a.load = new NodeLoad(3, 100, 12, 40, 1000);
    Station.await(() -> a.node.health().of(a.name()).getOpsPerSecond() > 0);
    HealthInfo health = Station.await(client.ping(a.name())).getHealth();
    assertEquals(3, health.getMailboxBacklog());
    assertEquals(12, health.getP99LatencyMs());
    assertEquals(40, health.getRemoteGrainCount());
    assertEquals(1000, health.getCapacityGrains());
    assertEquals("north", health.getZone());
    assertEquals(Map.of("rack", "7"), health.getLabelsMap());
  }

  @Test
  void keysOfThisNodeAreCounted() {
    Station.await(a.ownership.claim("one"));
    Station.await(a.ownership.claim("two"));
    Station.await(() -> a.node.health().of(a.name()).getGrainCount() == 2);
  }

  @Test
  void healthOfAHostThatIsPingedIsKept() {
    a.awaitState(b.name(), Standing.LIVE);
    Station.await(() -> a.node.health().of(b.name()) != null);
  }

  private List<MembershipEvent> watch(WatchMembershipRequest wish) {
    List<MembershipEvent> seen = new CopyOnWriteArrayList<>();
    watcher =
        GrpcClient.client(
            a.vertx,
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false));
    watcher
        .request(
            SocketAddress.inetSocketAddress(a.name().port(), "127.0.0.1"),
            ControlPlaneGrpcClient.WatchMembership)
        .onSuccess(
            request -> {
              request.response().onSuccess(response -> response.handler(seen::add));
              request.end(wish);
            });
    return seen;
  }

  @Test
  void watcherThatAsksGetsHealthWithoutARevisionOfItsOwn() {
    List<MembershipEvent> seen =
        watch(WatchMembershipRequest.newBuilder().setIncludeHealth(true).build());
    Station.await(() -> seen.stream().filter(MembershipEvent::hasHealth).count() >= 2);
    long last = 0;
    for (MembershipEvent event : List.copyOf(seen)) {
      assertTrue(event.getRevision() == last || event.getRevision() == last + 1 || last == 0);
      last = event.getRevision();
      assertTrue(!event.hasHealth() || event.getHealth().getHealth().getUptimeMs() > 0);
    }
  }

  @Test
  void watcherThatDoesNotAskGetsNone() {
    List<MembershipEvent> seen =
        watch(WatchMembershipRequest.newBuilder().setBookmarkSeconds(1).build());
    Station.await(() -> seen.stream().filter(MembershipEvent::hasBookmark).count() >= 2);
    assertTrue(seen.stream().noneMatch(MembershipEvent::hasHealth));
  }

  @Test
  void onlyTheLastWordOfAHostIsKeptAndTextsThatAreTooLongAreDropped() {
    HealthBoard board = new HealthBoard();
    HostName host = HostName.parse("10.0.0.1").orElseThrow();
    board.put(host, 1, HealthInfo.newBuilder().setGrainCount(1).build());
    board.put(host, 1, HealthInfo.newBuilder().setGrainCount(2).setZone("z".repeat(5000)).build());
    List<HealthBoard.Word> words = board.since(0);
    assertEquals(1, words.size());
    assertEquals(2, words.get(0).health().getGrainCount());
    assertEquals("", words.get(0).health().getZone());
    assertEquals(List.of(), board.since(words.get(0).number()));
    board.retain(List.of());
    assertEquals(List.of(), board.since(0));
  }

  @Test
  void scoreGrowsWithLateness() {
    assertEquals(0, HealthSampler.score(-3));
    assertEquals(0, HealthSampler.score(249));
    assertEquals(2, HealthSampler.score(600));
    assertEquals(8, HealthSampler.score(1_000_000));
  }

  private void confirm(String host) {
    Station.await(
        client.confirm(
            a.name(), OwnerChangeRequest.newBuilder().setCartId("k").setNewHost(host).build()));
  }

  @Test
  void metersTellMembersByStateTheViewPingsTheClockAndAnswers() {
    a.awaitState(b.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
    confirm(b.name().toString());
    confirm("10.0.0.77");
    assertEquals(1, gauge("busbar.control.plane.members", "live"));
    assertEquals(1, gauge("busbar.control.plane.members", "own"));
    double epoch = a.registry.get("busbar.control.plane.view.epoch").gauge().value();
    assertEquals(a.node.view().epoch(), epoch);
    assertEquals(0, a.registry.get("busbar.control.plane.clock.skew").gauge().value(), 1);
    assertTrue(a.registry.get("busbar.control.plane.pings").timer().count() > 0);
    assertEquals(1, a.count("busbar.control.plane.confirms", "result", "accepted"));
    assertEquals(1, a.count("busbar.control.plane.confirms", "result", "refused"));
  }

  private double gauge(String name, String state) {
    return a.registry.get(name).tag("state", state).gauge().value();
  }
}
