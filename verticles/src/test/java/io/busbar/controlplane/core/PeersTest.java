package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PeersTest {
  private static final HostName SELF = host("10.0.0.1");
  private static final HostName A = host("10.0.0.2");
  private static final HostName B = host("10.0.0.3");

  private final List<Action> actions = new ArrayList<>();
  private final Peers peers =
      new Peers(SELF, Timings.DEFAULTS, false, new SplittableRandom(1), actions::add);
  private OwnWeight own = OwnWeight.ONE;
  private long now;

  private static HostName host(String text) {
    return HostName.parse(text).orElseThrow();
  }

  private void pass(long millis) {
    now += millis;
    peers.tick(own, now);
  }

  private long pingOf(HostName host) {
    long number = -1;
    for (Action action : actions) {
      if (action instanceof Action.Ping ping && ping.host().equals(host)) {
        number = ping.number();
      }
    }
    return number;
  }

  private void alive(HostName host) {
    peers.discovered(host, now);
    pass(0);
    peers.answered(host, pingOf(host), host.toString(), now);
    assertEquals(PeerState.ALIVE, peers.state(host));
  }

  /** Lets pings of the host, and of it alone, go unanswered until it is suspect. */
  private void suspect(HostName silent, HostName... answering) {
    for (int i = 0; i < 60 && peers.state(silent) == PeerState.ALIVE; i++) {
      pass(500);
      for (HostName host : answering) {
        peers.answered(host, pingOf(host), host.toString(), now);
      }
    }
    assertEquals(PeerState.SUSPECT, peers.state(silent));
  }

  @Test
  void hearsayIsNotNamedHealthyBeforeAPing() {
    peers.heard(List.of("10.0.0.2"), now);
    assertEquals(List.of(SELF), peers.healthy(NodeState.UP));
    pass(0);
    peers.answered(A, pingOf(A), "10.0.0.2", now);
    assertEquals(List.of(SELF, A), peers.healthy(NodeState.UP));
  }

  @Test
  void absenceRemovesNobody() {
    alive(A);
    alive(B);
    peers.opinion(A, List.of("10.0.0.2"), own, now);
    assertEquals(PeerState.ALIVE, peers.state(B));
  }

  @Test
  void drainingHostDoesNotNameItself() {
    assertEquals(List.of(), peers.healthy(NodeState.DRAINING));
  }

  @Test
  void threeMissesMakeSuspectAndAsksTwoOthers() {
    alive(A);
    alive(B);
    suspect(A, B);
    assertTrue(
        actions.stream()
            .anyMatch(a -> a instanceof Action.Negotiate negotiate && negotiate.host().equals(B)));
  }

  @Test
  void suspectDiesByASecondOpinionWithAMajority() {
    alive(A);
    alive(B);
    suspect(A, B);
    peers.opinion(B, List.of("10.0.0.3"), own, now);
    assertEquals(PeerState.DEAD, peers.state(A));
  }

  @Test
  void suspectLivesWhileTheOtherStillNamesIt() {
    alive(A);
    alive(B);
    suspect(A, B);
    peers.opinion(B, List.of("10.0.0.2", "10.0.0.3"), own, now);
    assertEquals(PeerState.SUSPECT, peers.state(A));
  }

  @Test
  void minorityFindsNobodyDead() {
    HostName c = host("10.0.0.4");
    alive(A);
    alive(B);
    alive(c);
    suspect(A, c);
    suspect(B, c);
    peers.opinion(c, List.of("10.0.0.4"), own, now);
    assertEquals(PeerState.SUSPECT, peers.state(A), "two of four are no majority");
    own = new OwnWeight(3, 3);
    pass(0);
    assertEquals(PeerState.DEAD, peers.state(A), "four of six, by an opinion that still counts");
  }

  @Test
  void oldOpinionsDoNotCount() {
    alive(A);
    alive(B);
    own = new OwnWeight(1, 5);
    suspect(A, B);
    peers.opinion(B, List.of("10.0.0.3"), own, now);
    assertEquals(PeerState.SUSPECT, peers.state(A));
    for (int i = 0; i < 70; i++) {
      pass(500);
      peers.answered(B, pingOf(B), "10.0.0.3", now);
    }
    own = OwnWeight.ONE;
    pass(0);
    assertEquals(PeerState.SUSPECT, peers.state(A));
  }

  @Test
  void hearsayDoesNotReviveTheDead() {
    suspectDiesByASecondOpinionWithAMajority();
    peers.heard(List.of("10.0.0.2"), now);
    assertEquals(PeerState.DEAD, peers.state(A));
    assertFalse(peers.known().contains(A));
  }

  @Test
  void contactAndAnAnswerReviveTheDead() {
    suspectDiesByASecondOpinionWithAMajority();
    peers.contacted(A, now);
    assertEquals(PeerState.DEAD, peers.state(A));
    pass(0);
    peers.answered(A, pingOf(A), "10.0.0.2", now);
    assertEquals(PeerState.ALIVE, peers.state(A));
  }

  @Test
  void anAnswerAloneRevivesNobody() {
    suspectDiesByASecondOpinionWithAMajority();
    pass(15_000);
    peers.answered(A, pingOf(A), "10.0.0.2", now);
    assertEquals(PeerState.DEAD, peers.state(A));
  }

  @Test
  void tombstoneEndsAndADiscoveredHostIsTriedAgain() {
    suspectDiesByASecondOpinionWithAMajority();
    for (int i = 0; i < 70; i++) {
      pass(1000);
    }
    assertEquals(PeerState.CONNECTING, peers.state(A));
  }

  @Test
  void tombstoneEndsAndAHostOfHearsayIsForgotten() {
    peers.heard(List.of("10.0.0.2"), now);
    pass(0);
    peers.answered(A, pingOf(A), "10.0.0.2", now);
    peers.closing(A, now);
    pass(10_000);
    assertEquals(PeerState.LEFT, peers.state(A));
    pass(60_000);
    assertNull(peers.state(A));
  }

  @Test
  void leavingHostIsLeftOnceItsPingIsRefused() {
    alive(A);
    peers.closing(A, now);
    assertEquals(Standing.LEAVING, peers.standing(A));
    pass(2_500);
    peers.missed(A, pingOf(A), true, now);
    assertEquals(PeerState.LEFT, peers.state(A));
  }

  @Test
  void aNoticeThatThisHostClosesIsRefused() {
    assertFalse(peers.closing(SELF, now));
    assertTrue(actions.stream().anyMatch(Action.Raised.class::isInstance));
  }

  @Test
  void hostThatAnswersAsAnotherIsSuspect() {
    alive(A);
    pass(2_500);
    peers.answered(A, pingOf(A), "10.0.0.9", now);
    assertEquals(PeerState.SUSPECT, peers.state(A));
  }

  @Test
  void hostWithoutANameIsAlive() {
    peers.discovered(A, now);
    pass(0);
    peers.answered(A, pingOf(A), "", now);
    assertEquals(PeerState.ALIVE, peers.state(A));
  }

  @Test
  void lateAnswerToAnOlderPingCountsForNothing() {
    peers.discovered(A, now);
    pass(0);
    long first = pingOf(A);
    pass(4_000);
    pass(0);
    peers.answered(A, first, "10.0.0.2", now);
    assertEquals(PeerState.CONNECTING, peers.state(A));
  }

  @Test
  void mergeConvergesInFewRounds() {
    SplittableRandom random = new SplittableRandom(3);
    int count = 64;
    List<Peers> all = new ArrayList<>();
    List<HostName> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(host("10.1.0." + i));
      all.add(new Peers(names.get(i), Timings.DEFAULTS, false, random, a -> {}));
    }
    for (int i = 0; i < count; i++) {
      all.get(i).heard(List.of(names.get((i + 1) % count).toString()), 0);
    }
    int rounds = 0;
    while (all.stream().anyMatch(p -> p.known().size() < count)) {
      rounds++;
      for (Peers each : all) {
        Peers other = all.get(random.nextInt(count));
        other.heard(each.known().stream().map(HostName::toString).toList(), 0);
        each.heard(other.known().stream().map(HostName::toString).toList(), 0);
      }
      assertTrue(rounds < 20, "hosts do not all know each other after " + rounds + " rounds");
    }
  }
}
