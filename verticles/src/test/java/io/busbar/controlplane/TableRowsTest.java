package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.controlplane.core.Timings;
import io.busbar.gocart.wire.NegotiateRequest;
import io.busbar.gocart.wire.OwnerChangeAck;
import io.busbar.gocart.wire.OwnerChangeCode;
import io.busbar.gocart.wire.OwnerChangeRequest;
import io.vertx.core.Vertx;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of the protocol's tables that need a host whose answers the test decides. */
class TableRowsTest {
  private Vertx vertx;
  private ScriptedHost x;
  private ScriptedHost y;
  private Station a;
  private PeerCalls client;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    y = new ScriptedHost(vertx);
    client = new PeerCalls(vertx, "10.9.9.9", 30);
  }

  @AfterEach
  void stop() {
    Station.await(client.close());
    a.close();
    x.close();
    y.close();
    Station.await(vertx.close());
  }

  private void up(Timings timings) {
    a = new Station("a", 0, List.of(x.name(), y.name()), timings);
    a.awaitState(x.name(), Standing.LIVE);
    a.awaitState(y.name(), Standing.LIVE);
    Station.await(() -> a.node.view().state() == NodeState.UP);
  }

  /** As the tests' usual ones but for these. */
  private static Timings timings(long pingDeadline, long left, long antiEntropy) {
    return timings(pingDeadline, left, antiEntropy, Station.FAST.closingDeadline());
  }

  private static Timings timings(long pingDeadline, long left, long antiEntropy, long closing) {
    Timings t = Station.FAST;
    return new Timings(
        t.pingEvery(),
        t.jitter(),
        pingDeadline,
        t.misses(),
        t.opinion(),
        t.askAgain(),
        left,
        t.tombstone(),
        antiEntropy,
        t.repair(),
        t.maxBackoff(),
        t.fence(),
        t.unfence(),
        t.exit(),
        t.joinGrace(),
        closing,
        t.closingTries(),
        t.claimPause());
  }

  private OwnerChangeAck claim(String key, HostName host) {
    return Station.await(
        client.confirm(
            a.name(),
            OwnerChangeRequest.newBuilder().setCartId(key).setNewHost(host.toString()).build()));
  }

  @Test
  void aNodeThatIsStillJoiningGrantsNothing() {
    x.pong = reply -> null;
    a = new Station("a", 0, List.of(x.name()), timings(60_000, 500, 300));
    Station.await(() -> !x.pingedBy.isEmpty());
    OwnerChangeAck refused = claim("k", a.name());
    assertEquals("joining", refused.getMessage());
    assertEquals(OwnerChangeCode.NO_QUORUM, refused.getCode());
  }

  @Test
  void aHostThatLeavesGetsNoKeyAndKeepsWhatItHasUntilItLeft() {
    up(timings(500, 60_000, 300));
    claim("k", x.name());
    assertTrue(claim("k", x.name()).getAccepted());
    a.onDesk(desk -> desk.closing(x.name()));
    a.awaitState(x.name(), Standing.LEAVING);
    assertEquals("host not available", claim("new", x.name()).getMessage());
    assertEquals("owner suspect, retry", claim("k", y.name()).getMessage());
    assertFalse(
        Station.await(client.negotiate(a.name(), NegotiateRequest.getDefaultInstance()))
            .getHostsList()
            .contains(x.name().toString()));
  }

  @Test
  void aHostThatAnswersForAnotherIsNotNamedHealthyAndCounted() {
    x.pong = reply -> reply.toBuilder().setHost("10.1.2.3").build();
    a = new Station("a", 0, List.of(x.name(), y.name()), Station.FAST);
    a.awaitState(y.name(), Standing.LIVE);
    Station.await(() -> a.count("busbar.control.plane.alarms", "alarm", "identity") >= 1);
    assertFalse(a.isAlive(x.name()));
  }

  @Test
  void aHostThatBeginsToAnswerForAnotherIsSuspect() {
    // Else y's word would be the second opinion, and x found dead at once.
    y.healthy = List.of(x.name());
    up(Station.FAST);
    x.pong = reply -> reply.toBuilder().setHost("10.1.2.3").build();
    a.awaitState(x.name(), Standing.SUSPECT);
  }

  @Test
  void aHostThatIsFoundNewIsAskedWhomItKnows() {
    up(Station.FAST);
    Station.await(() -> !x.negotiated.isEmpty() && !y.negotiated.isEmpty());
    NegotiateRequest request = x.negotiated.get(0);
    assertTrue(request.getKnownHostsList().contains(a.name().toString()));
    assertEquals(a.name().toString(), request.getSenderHost());
  }

  @Test
  void whoLeavesTheFenceAsksEveryHostWhomItKnows() {
    up(timings(500, 500, 3_600_000));
    Station.await(() -> !x.negotiated.isEmpty() && !y.negotiated.isEmpty());
    a.weight = new OwnWeight(1, 3);
    Station.await(() -> a.node.view().state() == NodeState.FENCED);
    x.negotiated.clear();
    y.negotiated.clear();
    a.weight = new OwnWeight(3, 3);
    Station.await(() -> a.node.view().state() == NodeState.UP);
    Station.await(() -> !x.negotiated.isEmpty() && !y.negotiated.isEmpty());
  }

  @Test
  void aGoodbyeThatIsNotAnsweredIsSaidThreeTimesAndTheNodeLeaves() {
    x.closing = notice -> null;
    // Whose answer comes too late is told again, too: a slow machine is given more time.
    for (long closing = 500; closing <= 8_000; closing *= 4) {
      x.closed.clear();
      y.closed.clear();
      up(timings(500, 500, 300, closing));
      a.drain();
      if (y.closed.size() == 1) {
        break;
      }
      a.close();
    }
    assertEquals(3, x.closed.size());
    assertEquals(1, y.closed.size());
    assertEquals(a.name().toString(), y.closed.get(0).getHost());
  }
}
