package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.Timings;
import io.busbar.gocart.wire.Bookmark;
import io.busbar.gocart.wire.MemberChange;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.busbar.gocart.wire.MembershipSnapshot;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Foreign hosts that tell whom they see, watched by the node that pings them. */
class HostWatchesTest {
  private static final String STREAM = "s1";

  private Vertx vertx;
  private ScriptedHost x;
  private ScriptedHost y;
  private Station a;
  private Station b;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    y = new ScriptedHost(vertx);
    says("watch.v1");
    x.watcher = response -> response.write(snapshot(7));
  }

  private void says(String... capabilities) {
    x.pong = reply -> reply.toBuilder().addAllCapabilities(List.of(capabilities)).build();
  }

  @AfterEach
  void stop() {
    if (a != null) {
      a.close();
    }
    if (b != null) {
      b.close();
    }
    x.close();
    y.close();
    Station.await(vertx.close());
  }

  private static MembershipEvent.Builder event(long revision) {
    return MembershipEvent.newBuilder().setRevision(revision).setStreamId(STREAM);
  }

  private static MembershipEvent snapshot(long revision) {
    return event(revision).setSnapshot(MembershipSnapshot.getDefaultInstance()).build();
  }

  private static MembershipEvent change(long revision, HostName host, MemberState to, long start) {
    MemberInfo member =
        MemberInfo.newBuilder().setHost(host.toString()).setState(to).setIncarnation(start).build();
    return event(revision).setChange(MemberChange.newBuilder().setMember(member)).build();
  }

  /** On the connection's own thread, in order. */
  private void tell(MembershipEvent event) {
    x.watchers.get(x.watchers.size() - 1).write(event);
  }

  private void watched(Timings timings, ScriptedHost... hosts) {
    a =
        new Station(
            "a", 0, java.util.Arrays.stream(hosts).map(ScriptedHost::name).toList(), timings);
    for (ScriptedHost host : hosts) {
      a.awaitState(host.name(), Standing.LIVE);
    }
    Station.await(() -> a.count("busbar.control.plane.watch.events", "kind", "snapshot") == 1);
  }

  @Test
  void aHostThatItTellsOfIsLookedFor() {
    watched(Station.FAST, x);
    tell(change(8, y.name(), MemberState.UP, 0));
    a.awaitState(y.name(), Standing.LIVE);
  }

  @Test
  void aHostThatItLostIsPingedAtOnceAndIsNotLostForThat() {
    watched(Station.SELDOM, x, y);
    assertEquals(1, y.pingedBy.size());
    tell(change(8, y.name(), MemberState.DOWN, 0));
    Station.await(() -> y.pingedBy.size() == 2);
    assertTrue(a.isAlive(y.name()));
  }

  @Test
  void whatItSaysOfAFormerStartOfAHostIsOldNews() {
    y.pong = reply -> reply.toBuilder().setIncarnation(1_000).build();
    try (ScriptedHost z = new ScriptedHost(vertx)) {
      watched(Station.SELDOM, x, y, z);
      tell(change(8, y.name(), MemberState.DOWN, 999));
      tell(change(9, z.name(), MemberState.DOWN, 0));
      Station.await(() -> z.pingedBy.size() == 2);
      // A second later, so that a ping of y would have come long ago.
      for (long revision = 10; z.pingedBy.size() < 3; revision++) {
        tell(change(revision, z.name(), MemberState.DOWN, 0));
        java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
      }
      assertEquals(1, y.pingedBy.size());
    }
  }

  @Test
  void anEndedStreamIsAskedForAgainFromItsLastRevision() {
    watched(Station.FAST, x);
    tell(change(8, y.name(), MemberState.JOINING, 0));
    x.watchers.get(0).end();
    Station.await(() -> x.watched.size() >= 2);
    assertEquals("", x.watched.get(0).getStreamId());
    assertEquals(0, x.watched.get(0).getFromRevision());
    assertEquals(STREAM, x.watched.get(1).getStreamId());
    assertEquals(8, x.watched.get(1).getFromRevision());
    assertEquals(a.name().toString(), x.watched.get(1).getWatcherHost());
  }

  @Test
  void aHoleInTheNumbersIsAskedForAgain() {
    watched(Station.FAST, x);
    tell(event(7).setBookmark(Bookmark.getDefaultInstance()).build());
    tell(change(9, y.name(), MemberState.UP, 0));
    Station.await(() -> x.watched.size() >= 2);
    assertEquals(7, x.watched.get(1).getFromRevision());
    assertEquals(1, a.count("busbar.control.plane.watch.ends", "reason", "gap"));
  }

  @Test
  void aHostThatDoesNotKnowTheMethodIsAskedAgainOnceItCanDoSomethingElse() {
    x.watcher = response -> response.status(GrpcStatus.UNIMPLEMENTED).end();
    a = new Station("a", List.of(x.name()));
    a.awaitState(x.name(), Standing.LIVE);
    Station.await(() -> a.count("busbar.control.plane.watch.ends", "reason", "unimplemented") == 1);
    int pings = x.pingedBy.size();
    Station.await(() -> x.pingedBy.size() >= pings + 5);
    assertEquals(1, x.watched.size());
    says("watch.v1", "more.v1");
    Station.await(() -> x.watched.size() == 2);
  }

  @Test
  void aHostThatDoesNotSayThatItCanIsOnlyPinged() {
    says("epoch.v1");
    a = new Station("a", List.of(x.name()));
    Station.await(() -> x.pingedBy.size() >= 5);
    assertEquals(List.of(), x.watched);
  }

  @Test
  void aSilentStreamIsAskedForAnew() {
    a = new Station("a", List.of());
    HostWatch.Times times = new HostWatch.Times(1, 100, 10, 50);
    List<String> ends = new CopyOnWriteArrayList<>();
    a.onDesk(
        desk -> {
          PeerCalls calls = new PeerCalls(a.vertx, "me");
          new HostWatch(a.lane, calls, x.name(), "me", times, noting(ends)).open();
        });
    Station.await(() -> x.watched.size() >= 3);
    assertEquals(Set.of("silent"), Set.copyOf(ends));
    assertEquals(7, x.watched.get(2).getFromRevision());
  }

  private static HostWatch.Listener noting(List<String> ends) {
    return new HostWatch.Listener() {
      @Override
      public void told(List<MemberInfo> members) {
        // The ends are looked at.
      }

      @Override
      public void heard(String kind) {
        // The ends are looked at.
      }

      @Override
      public void ended(String why) {
        ends.add(why);
      }
    };
  }

  @Test
  void ofTwoNodesTheOneThatPingsTheHostWatchesItAndTheOtherFollows() {
    a = new Station("a", List.of(x.name()));
    b = new Station("b", List.of(x.name()));
    a.weight = new OwnWeight(2, 2);
    b.weight = new OwnWeight(2, 2);
    a.join(b);
    Station.await(() -> x.watchers.size() == 1 && isSole(lastPinger()));
    Station dies = lastPinger().equals(a.name().toString()) ? a : b;
    Station stays = dies == a ? b : a;
    int before = x.watched.size();
    dies.close();
    stays.members.leave(dies.members.self());
    Station.await(() -> x.watched.size() > before && x.watchers.size() == 1);
    assertEquals(stays.name().toString(), x.watched.get(x.watched.size() - 1).getWatcherHost());
  }

  private String lastPinger() {
    List<String> pings = List.copyOf(x.pingedBy);
    return pings.get(pings.size() - 1);
  }

  private boolean isSole(String pinger) {
    int few = 10;
    List<String> pings = List.copyOf(x.pingedBy);
    int count = pings.size();
    return count >= few
        && Set.copyOf(pings.subList(count - few, count)).equals(Set.of(pinger))
        && x.watched.get(x.watched.size() - 1).getWatcherHost().equals(pinger);
  }

  @Test
  void hostsOfOurKindWatchEachOther() {
    a = new Station("a", List.of());
    b = new Station("b", List.of(a.name()));
    Station.await(() -> a.count("busbar.control.plane.watch.events", "kind", "snapshot") >= 1);
    Station.await(() -> b.count("busbar.control.plane.watch.events", "kind", "snapshot") >= 1);
  }
}
