package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What discovery, ties and the page's times mean for peers, on a virtual clock. */
class PeersRulesTest {
  private static final HostName SELF = host("10.0.0.2");
  private static final HostName A = host("10.0.0.3");
  private static final HostName B = host("10.0.0.4");
  private static final HostName LOWEST = host("10.0.0.1");

  private final List<Action> actions = new ArrayList<>();
  private final Peers peers =
      new Peers(SELF, Timings.DEFAULTS, false, new SplittableRandom(1), actions::add);
  private long now;

  private static HostName host(String text) {
    return HostName.parse(text).orElseThrow();
  }

  private void pass(long millis) {
    now += millis;
    peers.tick(OwnWeight.ONE, now);
  }

  private Action.Ping pingOf(HostName host) {
    Action.Ping last = null;
    for (Action action : actions) {
      if (action instanceof Action.Ping ping && ping.host().equals(host)) {
        last = ping;
      }
    }
    return last;
  }

  private void answer(HostName host) {
    peers.answered(host, pingOf(host).number(), host.toString(), now);
  }

  private void alive(HostName host) {
    peers.discovered(host, now);
    pass(0);
    answer(host);
    assertEquals(PeerState.ALIVE, peers.state(host));
  }

  /** Nobody but those answers until the host is suspect. */
  private void suspect(HostName silent, HostName... answering) {
    while (peers.state(silent) == PeerState.ALIVE) {
      pass(500);
      for (HostName host : answering) {
        answer(host);
      }
    }
    assertEquals(PeerState.SUSPECT, peers.state(silent));
  }

  private List<PeerState> statesOf(HostName host) {
    List<PeerState> states = new ArrayList<>();
    for (Action action : actions) {
      if (action instanceof Action.PeerChanged changed && changed.host().equals(host)) {
        states.add(changed.to());
      }
    }
    return states;
  }

  // ---- discovery ----

  @Test
  void aLoneSurvivorCountsAgainOnceDiscoverySaysThatTheOtherIsGone() {
    alive(A);
    suspect(A);
    assertFalse(peers.hasMajority(OwnWeight.ONE), "one of two");
    peers.gone(A, now);
    assertTrue(peers.hasMajority(OwnWeight.ONE), "one of one");
    assertNull(peers.state(A));
  }

  @Test
  void whatDiscoverySaysNeedsNoSecondOpinion() {
    alive(A);
    alive(B);
    suspect(A, B);
    peers.gone(A, now);
    assertEquals(
        List.of(PeerState.CONNECTING, PeerState.ALIVE, PeerState.SUSPECT, PeerState.REMOVED),
        statesOf(A));
  }

  @Test
  void aHostIsGoneFromAnyState() {
    peers.discovered(A, now);
    peers.gone(A, now);
    assertNull(peers.state(A));
    alive(A);
    peers.gone(A, now);
    assertNull(peers.state(A));
    alive(A);
    peers.closing(A, now);
    peers.gone(A, now);
    assertNull(peers.state(A));
    assertEquals(0, peers.view().size());
  }

  @Test
  void aHostThatIsGoneMayBeFoundAgain() {
    alive(A);
    peers.gone(A, now);
    alive(A);
    assertEquals(1, peers.view().size());
  }

  @Test
  void hearsayDoesNotBringBackAHostThatIsGoneForAMinute() {
    alive(A);
    peers.gone(A, now);
    peers.heard(List.of(A.toString()), now);
    assertNull(peers.state(A), "an answer that was on its way");
    pass(59_999);
    peers.heard(List.of(A.toString()), now);
    assertNull(peers.state(A));
    pass(1);
    peers.heard(List.of(A.toString()), now);
    assertEquals(PeerState.CONNECTING, peers.state(A));
    assertEquals(0, peers.view().size(), "it counts when it answers");
  }

  @Test
  void aHostThatIsGoneComesBackWhenItSpeaks() {
    alive(A);
    peers.gone(A, now);
    assertTrue(peers.expectsContact());
    peers.contacted(A, now);
    assertEquals(PeerState.CONNECTING, peers.state(A));
    pass(0);
    answer(A);
    assertEquals(PeerState.ALIVE, peers.state(A));
  }

  // ---- ties ----

  @Test
  void halfIsNoMajorityWithoutATieBreaker() {
    alive(A);
    suspect(A);
    assertFalse(peers.hasMajority(OwnWeight.ONE));
    assertNull(peers.tieBreaker(OwnWeight.ONE));
  }

  @Test
  void theHalfWithTheLowestHostIsTheMajority() {
    peers.breakTies();
    alive(A);
    suspect(A);
    assertTrue(peers.hasMajority(OwnWeight.ONE), "this host is the lowest");
  }

  @Test
  void theOtherHalfIsNot() {
    peers.breakTies();
    alive(LOWEST);
    suspect(LOWEST);
    assertFalse(peers.hasMajority(OwnWeight.ONE));
  }

  @Test
  void aPeerOfThisHalfMayBeTheLowest() {
    peers.breakTies();
    alive(LOWEST);
    alive(A);
    alive(B);
    suspect(A, LOWEST);
    assertEquals(PeerState.SUSPECT, peers.state(B));
    assertTrue(peers.hasMajority(OwnWeight.ONE), "two of four, the lowest among them");
  }

  @Test
  void lessThanHalfIsNoMajorityWhoeverIsLowest() {
    peers.breakTies();
    alive(A);
    alive(B);
    suspect(A);
    assertFalse(peers.hasMajority(OwnWeight.ONE));
  }

  @Test
  void anAuthorityThatMissesNodesBreaksNoTie() {
    peers.breakTies();
    alive(A);
    assertFalse(peers.hasMajority(new OwnWeight(1, 3)), "two of four, names of two unknown");
  }

  // ---- times ----

  @Test
  void whatAHostOwnsIsReadWhenItComesAliveAndEveryFiveMinutes() {
    alive(A);
    long read = now;
    for (int lists = 1; lists <= 3; lists++) {
      int before = lists;
      while (listed() == before) {
        pass(500);
        answer(A);
      }
      assertEquals(lists * 300_000L, now - read, 1_000);
    }
  }

  private int listed() {
    return (int) actions.stream().filter(Action.ListOwned.class::isInstance).count();
  }

  @Test
  void aHostThatComesBackFromSuspicionIsReadAtOnce() {
    alive(A);
    suspect(A);
    int before = listed();
    while (peers.state(A) == PeerState.SUSPECT) {
      pass(500);
      answer(A);
    }
    assertEquals(before + 1, listed());
  }

  @Test
  void aHostThatIsNotThereIsTriedEverMoreSeldom() {
    peers.discovered(A, now);
    List<Long> at = new ArrayList<>();
    int seen = 0;
    while (at.size() < 14) {
      pass(100);
      int pings = (int) actions.stream().filter(Action.Ping.class::isInstance).count();
      if (pings > seen) {
        seen = pings;
        at.add(now);
        peers.missed(A, pingOf(A).number(), true, now);
      }
    }
    List<Long> pauses = new ArrayList<>();
    for (int i = 3; i < at.size(); i++) {
      pauses.add((at.get(i) - at.get(i - 1)) / 1000);
    }
    assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L, 30L, 30L, 30L), pauses);
  }

  @Test
  void aLateHostWaitsLongerForItsPings() {
    peers.discovered(A, now);
    peers.late(4);
    pass(0);
    pass(4_900);
    answer(A);
    assertEquals(PeerState.ALIVE, peers.state(A), "five times a second");
  }

  @Test
  void aHostInTimeDoesNotWait() {
    peers.discovered(A, now);
    pass(0);
    Action.Ping first = pingOf(A);
    pass(1_000);
    peers.answered(A, first.number(), A.toString(), now);
    assertEquals(PeerState.CONNECTING, peers.state(A));
  }

  // ---- what watched hosts tell ----

  @Test
  void aHostThatAnotherLostIsPingedAtOnceAndStaysAliveUnlessItIsSilent() {
    alive(A);
    long before = pingOf(A).number();
    pass(100);
    assertEquals(before, pingOf(A).number(), "its next ping is not due");
    assertTrue(peers.doubted(A, now));
    pass(0);
    assertEquals(before + 1, pingOf(A).number());
    answer(A);
    assertEquals(List.of(PeerState.CONNECTING, PeerState.ALIVE), statesOf(A));
  }

  @Test
  void doubtsCountOnceASecond() {
    alive(A);
    assertTrue(peers.doubted(A, now));
    assertFalse(peers.doubted(A, now + 999));
    assertTrue(peers.doubted(A, now + 1000));
  }

  @Test
  void ofASuspectThatAnotherLostTheOthersAreAskedAtOnce() {
    alive(A);
    alive(B);
    suspect(A, B);
    pass(100);
    actions.clear();
    assertTrue(peers.doubted(A, now));
    pass(0);
    assertTrue(actions.stream().anyMatch(Action.Negotiate.class::isInstance), actions.toString());
    assertEquals(PeerState.SUSPECT, peers.state(A));
  }

  @Test
  void aDoubtedHostThatNobodyKnowsOrThatIsGoneIsNotLookedFor() {
    assertFalse(peers.doubted(A, now));
    alive(A);
    peers.closing(A, now);
    assertFalse(peers.doubted(A, now));
  }
}
