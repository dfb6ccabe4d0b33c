package io.busbar.controlplane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.MemberState;
import io.busbar.gocart.wire.MembershipEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which of two nodes of one cluster pings a foreign host, and what becomes of it then. */
class ProberTest {
  private Vertx vertx;
  private ScriptedHost x;
  private Station a;
  private Station b;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    x = new ScriptedHost(vertx);
    a = new Station("a", List.of(x.name()));
    b = new Station("b", List.of(x.name()));
    a.weight = new OwnWeight(2, 2);
    b.weight = new OwnWeight(2, 2);
    a.join(b);
    a.awaitState(x.name(), Standing.LIVE);
    b.awaitState(x.name(), Standing.LIVE);
  }

  @AfterEach
  void stop() {
    a.close();
    b.close();
    x.close();
    Station.await(vertx.close());
  }

  /** Waits until all pings come from one node, while each of them had several turns to ping. */
  private Station soleProber(Station... alive) {
    long severalTurns = 4 * Station.FAST.pingEvery();
    Station.await(
        () -> {
          x.pingedBy.clear();
          Station.await(Future.join(Stream.of(alive).map(one -> one.turn(severalTurns)).toList()));
          return Set.copyOf(x.pingedBy).size() == 1;
        });
    String name = x.pingedBy.get(0);
    return name.equals(a.name().toString()) ? a : b;
  }

  @Test
  void aHostIsPingedByOneNodeAndKnownToBoth() {
    soleProber(a, b);
    x.pingedBy.clear();
    Station.await(() -> x.pingedBy.size() >= 20);
    assertEquals(1, Set.copyOf(x.pingedBy).size(), x.pingedBy.toString());
    assertTrue(a.isAlive(x.name()) && b.isAlive(x.name()));
  }

  @Test
  void whenItsNodeDiesTheOtherPingsTheHostAndNeverLostIt() {
    Station dies = soleProber(a, b);
    Station stays = dies == a ? b : a;
    Queue<MemberState> states = new ConcurrentLinkedQueue<>();
    stays.node.log().join(event -> note(event, states), "", 0);
    dies.close();
    stays.onDesk(desk -> stays.members.leave(dies.members.self()));

    assertEquals(stays, soleProber(stays));
    assertTrue(stays.isAlive(x.name()));
    assertEquals(List.of(), List.copyOf(states), "it was never anything but up");
  }

  @Test
  void aNodeThatDrainsGivesItsHostsToTheOther() {
    Station drains = soleProber(a, b);
    Station other = drains == a ? b : a;
    drains.onDesk(
        desk -> drains.members.update(info -> info.toBuilder().setDraining(true).build()));
    Station.await(() -> other.members.byName(drains.members.self().getName()).getDraining());
    assertNotEquals(drains, soleProber(a, b));
  }

  @Test
  void whatTheNewNodeFindsCountsForTheVerdictsOfBoth() {
    Station dies = soleProber(a, b);
    Station stays = dies == a ? b : a;
    dies.close();
    stays.onDesk(desk -> stays.members.leave(dies.members.self()));
    soleProber(stays);
    x.close();
    stays.awaitState(x.name(), Standing.SUSPECT);
  }

  private void note(MembershipEvent event, Queue<MemberState> states) {
    if (event.getChange().getMember().getHost().equals(x.name().toString())) {
      states.add(event.getChange().getMember().getState());
    }
  }
}
