package io.busbar.controlplane;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneHost;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.Timings;
import io.busbar.member.Members;
import io.busbar.testing.FakeMembers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * A cluster of one node with a control plane on a real port; a second one is a foreign host to it.
 */
final class Station implements AutoCloseable {
  static final long PATIENCE_SECONDS = 30;

  /** The page's rules at a twentieth of its times. */
  static final Timings FAST =
      new Timings(
          100, 0.2, 500, 3, 1_500, 250, 500, 60_000, 300, 500, 500, 500, 250, 0, 0, 500, 3, 5);

  /** As fast, but for pings, which are waited for: no slow machine makes a host suspect. */
  static final Timings PATIENT =
      new Timings(
          100, 0.2, 60_000, 3, 1_500, 250, 500, 60_000, 300, 500, 500, 500, 250, 0, 0, 500, 3, 5);

  /** A host is pinged when it is found and then, in a test's time, only for a reason. */
  static final Timings SELDOM =
      new Timings(
          600_000, 0, 60_000, 3, 1_500, 250, 500, 60_000, 600_000, 600_000, 500, 500, 250, 0, 0,
          500, 3, 5);

  /** Longer than any test: what is owned must have been given away. */
  private static final long HANDOVER_MILLIS = 600_000;

  final Vertx vertx = Vertx.vertx();
  final FakeOwnership ownership;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final ControlPlaneNode node;
  final FakeMembers members;
  final LaneHost host;
  volatile OwnWeight weight = OwnWeight.ONE;

  /** What the name of {@link HostRules#discovery} stands for. */
  volatile List<HostName> resolved = List.of();

  /** How often that was asked. */
  final AtomicInteger looks = new AtomicInteger();

  volatile NodeLoad load = NodeLoad.NONE;
  private String deployment;
  private ControlPlaneFront front;
  private Desk desk;
  volatile Lane lane;

  Station(String name, List<HostName> peers) {
    this(name, 0, peers, FAST);
  }

  Station(String name, int port, List<HostName> peers, Timings timings) {
    this(name, port, peers, timings, StationTls.OFF);
  }

  Station(String name, int port, List<HostName> peers, Timings timings, StationTls tls) {
    this(name, port, peers, timings, tls, HostRules.DEFAULTS);
  }

  Station(
      String name,
      int port,
      List<HostName> peers,
      Timings timings,
      StationTls tls,
      HostRules rules) {
    this(name, timings, tls, options(port, peers, true, tls, rules));
  }

  Station(String name, Timings timings, StationTls tls, ControlPlaneOptions options) {
    ownership = new FakeOwnership(name);
    NodeIdentity identity = new NodeIdentity("id-" + name, name, name.hashCode() & 0xffffffL);
    members =
        new FakeMembers(
            NodeInfo.newBuilder()
                .setNodeId(identity.id())
                .setName(name)
                .setIncarnation(identity.incarnation())
                .setStartedAt(1)
                .setGateway(true)
                .build());
    node = new ControlPlaneNode(options, tls::applyTo, tls::dial, () -> load, registry);
    host =
        new LaneHost(
            context ->
                Lanes.open(
                    vertx,
                    identity,
                    0,
                    BusOptions.DEFAULTS,
                    new MemoryBudget(1 << 20),
                    BusObserver.NONE),
            lane -> members(lane, timings));
    deployment = await(vertx.deployVerticle(host));
  }

  static ControlPlaneOptions options(
      int port, List<HostName> peers, boolean laterLine, StationTls tls, HostRules rules) {
    return new ControlPlaneOptions(
        "127.0.0.1",
        port,
        Optional.empty(),
        peers,
        laterLine,
        100,
        100,
        16 << 10,
        Duration.ofMinutes(1),
        tls.mode(),
        tls.mode() == TlsMode.REQUIRED ? port + 100 : 0,
        true,
        true,
        "north",
        Map.of("rack", "7"),
        rules);
  }

  private List<io.busbar.bus.LaneMember> members(Lane here, Timings timings) {
    lane = here;
    front = new ControlPlaneFront(node, members, on -> ownership);
    desk =
        new Desk(
            node,
            members,
            () -> weight,
            on -> ownership,
            timings,
            HANDOVER_MILLIS,
            context ->
                name -> {
                  looks.incrementAndGet();
                  return Future.succeededFuture(resolved);
                });
    return List.of(front, desk);
  }

  /** The two are nodes of one cluster from now on. */
  void join(Station other) {
    tell(other);
    other.tell(this);
  }

  private void tell(Station other) {
    String self = members.self().getNodeId();
    members.listen(
        new Members.Listener() {
          @Override
          public void changed(NodeInfo info) {
            if (info.getNodeId().equals(self)) {
              // As of real ones, the desk hears of a change on its own lane.
              other.node.tellDesk(desk -> other.members.add(info));
            }
          }

          @Override
          public void left(NodeInfo info) {
            // Each is told by the test who left.
          }
        });
  }

  HostName name() {
    return node.view().self();
  }

  void drain() {
    await(host.drain());
  }

  void awaitState(HostName other, Standing standing) {
    await(() -> node.view().standing(other) == standing);
  }

  boolean isAlive(HostName other) {
    return node.view().standing(other) == Standing.LIVE;
  }

  double count(String meter, String tag, String value) {
    Counter counter = registry.find(meter).tag(tag, value).counter();
    return counter == null ? 0 : counter.count();
  }

  /** Runs on the desk's lane and waits for it. */
  void onDesk(java.util.function.Consumer<Desk> what) {
    io.vertx.core.Promise<Void> done = io.vertx.core.Promise.promise();
    node.tellDesk(
        here -> {
          what.accept(here);
          done.complete();
        });
    await(done.future());
  }

  /** Completes on the desk's lane, after all that was due there until then. */
  Future<Void> turn(long millis) {
    io.vertx.core.Promise<Void> over = io.vertx.core.Promise.promise();
    node.tellDesk(here -> vertx.setTimer(millis, timer -> over.complete()));
    return over.future();
  }

  static <T> T await(io.vertx.core.Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** The same future once it is over, whatever came of it. */
  static <T> Future<T> outcome(Future<T> future) {
    await(future.transform(done -> Future.succeededFuture()));
    return future;
  }

  /** Asks again and again until it is so. */
  static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited for too long");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @Override
  public void close() {
    if (deployment != null) {
      await(vertx.undeploy(deployment));
      deployment = null;
      await(vertx.close());
    }
  }
}
