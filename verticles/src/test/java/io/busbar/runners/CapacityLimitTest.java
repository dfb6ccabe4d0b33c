package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CapacityLimitTest {
  @Test
  void startsAtTheCeiling() {
    assertEquals(100, new CapacityLimit(100).effective());
  }

  @Test
  void aRefusedBurstLandsOnTheTrueNumber() {
    CapacityLimit limit = new CapacityLimit(100);
    for (int others = 99; others >= 10; others--) {
      limit.busy(others, 0);
    }
    assertEquals(10, limit.effective());
  }

  @Test
  void neverFallsBelowOne() {
    CapacityLimit limit = new CapacityLimit(5);
    limit.busy(0, 0);
    limit.busy(0, 1);
    assertEquals(1, limit.effective());
  }

  @Test
  void growsOnlyWhenPressed() {
    CapacityLimit limit = new CapacityLimit(100);
    limit.busy(10, 0);
    limit.succeeded(1000, 3, 5000);
    assertEquals(10, limit.effective());
    limit.succeeded(10, 10, 5000);
    assertEquals(11, limit.effective());
  }

  @Test
  void callsThatDoNotEndDoNotKeepItLow() {
    CapacityLimit limit = new CapacityLimit(4);
    limit.busy(0, 0);
    limit.looked(1, CapacityLimit.FIRST_HOLD - 1);
    assertEquals(1, limit.effective());
    limit.looked(0, CapacityLimit.FIRST_HOLD);
    assertEquals(1, limit.effective());
    for (int running = 1; running <= 5; running++) {
      limit.looked(running, running * CapacityLimit.FIRST_HOLD);
      limit.looked(running + 1, running * CapacityLimit.FIRST_HOLD);
      assertEquals(Math.min(4, running + 1), limit.effective());
    }
  }

  @Test
  void holdsStillAfterACut() {
    CapacityLimit limit = new CapacityLimit(100);
    limit.busy(10, 0);
    limit.succeeded(1000, 10, CapacityLimit.FIRST_HOLD - 1);
    assertEquals(10, limit.effective());
  }

  @Test
  void looksForTheSameWallLessAndLessOften() {
    CapacityLimit limit = new CapacityLimit(100);
    long now = 0;
    int refused = 0;
    // A pressed runner that bears 10: 200 calls a second for ten minutes.
    for (; now < 600_000; now += 50) {
      int running = limit.effective();
      if (running > 10) {
        limit.busy(10, now);
        refused++;
      } else {
        limit.succeeded(10, running, now);
      }
    }
    assertTrue(refused < 60, refused + " of 120000 calls refused");
    assertEquals(10, Math.min(10, limit.effective()));
  }

  @Test
  void callsOfOthersAreTakenOff() {
    CapacityLimit limit = new CapacityLimit(100);
    limit.active(70, 10);
    assertEquals(60, limit.foreign());
    assertEquals(40, limit.effective());
    limit.active(10, 12);
    assertEquals(100, limit.effective());
    limit.active(5000, 0);
    assertEquals(1, limit.effective());
  }

  @Test
  void aNewCeilingCountsAtOnce() {
    CapacityLimit limit = new CapacityLimit(100);
    limit.ceiling(20);
    assertEquals(20, limit.effective());
    limit.ceiling(50);
    assertEquals(50, limit.effective());
    limit.busy(10, 0);
    limit.ceiling(200);
    assertEquals(10, limit.effective());
  }

  /** A runner whose true capacity changes: the limit follows it and stays in its bounds. */
  @Test
  void followsATrueCapacityThatChanges() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int ceiling = 1 + random.nextInt(200);
      CapacityLimit limit = new CapacityLimit(ceiling);
      int truth = 1;
      long now = 0;
      for (int change = 0; change < 5; change++) {
        truth = 1 + random.nextInt(ceiling);
        for (int i = 0; i < 4000; i++) {
          now += 25;
          int running = limit.effective();
          while (running > truth) {
            running--;
            limit.busy(Math.max(running, truth), now);
          }
          limit.succeeded(running, limit.effective(), now);
          assertTrue(limit.effective() >= 1 && limit.effective() <= ceiling);
        }
        assertTrue(
            limit.effective() >= truth * 0.5 && limit.effective() <= truth + 1,
            "seed " + seed + ": limit " + limit.effective() + " of " + truth);
      }
    }
  }
}
