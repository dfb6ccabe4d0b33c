package io.busbar.bus.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How late a message is, told from clocks that do not agree. */
class ArrivalsTest {
  private static final long LIMIT = 400;

  /** The sender's clock is so far behind. */
  private static final long APART = 7_000_000;

  private final Arrivals arrivals = new Arrivals(LIMIT);

  private boolean late(long sent, long now) {
    return arrivals.from("b", 1).late(sent, now + APART);
  }

  @Test
  void oneThatTookAsLongAsOthersIsNot() {
    late(1000, 1003);
    assertFalse(late(2000, 2005));
  }

  @Test
  void oneThatTookLongerByMoreThanTheLimitIs() {
    late(1000, 1003);
    assertFalse(late(2000, 2003 + LIMIT));
    assertTrue(late(2000, 2004 + LIMIT));
  }

  @Test
  void whatLayInAFrozenNodeIsLateHoweverLongItWasFrozen() {
    late(1000, 1003);
    assertFalse(late(2000, 2003));
    assertTrue(late(2100, 602_000));
    assertTrue(late(2200, 602_000));
    assertFalse(late(602_000, 602_004));
  }

  @Test
  void aLaneNotHeardBeforeHasToShowFirstHowFastItIs() {
    assertTrue(late(1000, 31_000));
    assertTrue(late(1100, 31_000));
    assertFalse(late(31_600, 31_603));
  }

  @Test
  void clocksThatDriftAreFollowed() {
    long drift = 0;
    for (long at = 1000; at < 3_000_000; at += 10_000) {
      drift++;
      assertEquals(at == 1000, late(at, at + 3 + drift), "at " + at);
    }
  }

  @Test
  void aSenderThatSaysNothingCountsAsLate() {
    late(1000, 1003);
    assertTrue(late(0, 5000));
  }

  @Test
  void aSenderIsKnownAgainUntilItsNodeLeaves() {
    Arrivals.Sender one = arrivals.from("b", 1);
    assertSame(one, arrivals.from("b", 1));
    arrivals.from("b", 2);
    assertSame(one, arrivals.from("b", 1));
    arrivals.peerLeft("b");
    assertTrue(one != arrivals.from("b", 1));
  }
}
