package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.MemberChange;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.MembershipSnapshot;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A foreign host tells one node of a cluster that it lost another host, which b pings. */
class PassedDoubtTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final MembershipSnapshot EMPTY = MembershipSnapshot.getDefaultInstance();
  private static MemberStation a;
  private static MemberStation b;

  private final List<ScriptedHost> hosts = new ArrayList<>();
  private Vertx vertx;
  private ScriptedHost x;
  private long revision;

  @BeforeAll
  static void start() throws Exception {
    a = MemberStation.start(CLUSTER, "a");
    b = MemberStation.start(CLUSTER, "b");
    a.meets(b);
  }

  @AfterAll
  static void stop() throws Exception {
    a.stop();
    b.stop();
    CLUSTER.close();
  }

  @BeforeEach
  void hosts() {
    vertx = Vertx.vertx();
    x = host(a);
    x.pong = reply -> reply.toBuilder().addCapabilities("watch.v1").build();
    x.watcher = response -> response.write(event().setSnapshot(EMPTY).build());
  }

  @AfterEach
  void close() {
    for (MemberStation node : List.of(a, b)) {
      node.node().peers(List.of());
      Station.await(() -> node.node().view().foreign().isEmpty());
    }
    hosts.forEach(ScriptedHost::close);
    Station.await(vertx.close());
  }

  /** One on a port that makes it that node's to ping. */
  private ScriptedHost host(MemberStation prober) {
    ScriptedHost host = new ScriptedHost(vertx);
    hosts.add(host);
    return prober.pings(host) ? host : host(prober);
  }

  private MembershipEvent.Builder event() {
    return MembershipEvent.newBuilder().setRevision(++revision).setStreamId("s1");
  }

  private void watched(ScriptedHost... others) {
    List<HostName> names = new ArrayList<>(List.of(x.name()));
    for (ScriptedHost other : others) {
      names.add(other.name());
    }
    for (MemberStation node : List.of(a, b)) {
      node.node().peers(names);
    }
    names.forEach(a::awaitLive);
    names.forEach(b::awaitLive);
    Station.await(() -> x.watchers.size() == 1);
    assertEquals(a.name(), x.watched.get(0).getWatcherHost());
  }

  private void lost(ScriptedHost host, long incarnation) {
    MemberInfo member =
        MemberInfo.newBuilder()
            .setHost(host.name().toString())
            .setState(MemberState.DOWN)
            .setIncarnation(incarnation)
            .build();
    x.watchers.get(0).write(event().setChange(MemberChange.newBuilder().setMember(member)).build());
  }

  @Test
  void theNodeThatPingsTheHostDoesSoAtOnceAndTheHostIsNotLostForThat() {
    ScriptedHost y = host(b);
    watched(y);
    assertEquals(List.of(b.name()), y.pingedBy);
    lost(y, 0);
    Station.await(() -> y.pingedBy.size() == 2);
    assertEquals(List.of(b.name(), b.name()), y.pingedBy);
    assertEquals(Standing.LIVE, a.node().view().standing(y.name()));
    assertEquals(Standing.LIVE, b.node().view().standing(y.name()));
  }

  @Test
  void aFormerStartOfTheHostIsOldNewsToTheNodeThatDoesNotPingItToo() {
    ScriptedHost y = host(b);
    y.pong = reply -> reply.toBuilder().setIncarnation(1_000).build();
    ScriptedHost first = host(b);
    ScriptedHost second = host(b);
    watched(y, first, second);
    lost(y, 999);
    // Told after it, one after the other: a ping of y would have gone out before theirs.
    for (ScriptedHost later : List.of(first, second)) {
      lost(later, 0);
      Station.await(() -> later.pingedBy.size() == 2);
    }
    assertEquals(List.of(b.name()), y.pingedBy);
  }
}
