package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProbePlanTest {
  private static final long INTERVAL = 10_000;

  private static ProbePlan<Integer> plan(int most) {
    return new ProbePlan<>(most, new SplittableRandom(1));
  }

  @Test
  void tenThousandRunnersAreNeverAskedAtOnce() {
    ProbePlan<Integer> plan = plan(32);
    for (int i = 0; i < 10_000; i++) {
      plan.spread(i, INTERVAL, 0);
    }
    int[] perTenth = new int[10];
    int asked = 0;
    Deque<Integer> open = new ArrayDeque<>();
    for (long now = 0; now < INTERVAL; now += 10) {
      for (Integer next = plan.next(now); next != null; next = plan.next(now)) {
        open.add(next);
        asked++;
        perTenth[(int) (now / 1000)]++;
        assertTrue(plan.open() <= 32);
      }
      while (!open.isEmpty()) {
        plan.answered();
        plan.after(open.poll(), INTERVAL, now);
      }
    }
    assertTrue(asked > 9500, asked + " asked in one interval");
    for (int count : perTenth) {
      assertTrue(count > 800 && count < 1400, count + " in a tenth of the interval");
    }
  }

  @Test
  void theLongestDueGoesFirstWhenTooManyAreOpen() {
    ProbePlan<String> plan = new ProbePlan<>(1, new SplittableRandom(1));
    plan.after("late", 5000, 0);
    plan.after("early", 100, 0);
    assertEquals("early", plan.next(10_000));
    assertNull(plan.next(10_000));
    assertEquals(Long.MAX_VALUE, plan.wakeAt());
    plan.answered();
    assertEquals("late", plan.next(10_000));
  }

  @Test
  void ofVeryManyRunnersAFiftiethMayBeOpen() {
    ProbePlan<Integer> plan = plan(32);
    for (int i = 0; i < 5000; i++) {
      plan.after(i, 1, 0);
    }
    int open = 0;
    while (plan.next(100) != null) {
      open++;
    }
    assertEquals(100, open);
    assertEquals(Long.MAX_VALUE, plan.wakeAt());
  }

  @Test
  void aForgottenRunnerIsNotAsked() {
    ProbePlan<String> plan = new ProbePlan<>(1, new SplittableRandom(1));
    plan.after("a", 100, 0);
    plan.forget("a");
    assertNull(plan.next(10_000));
    assertEquals(0, plan.size());
  }

  @Test
  void planningAgainMovesTheQuestion() {
    ProbePlan<String> plan = new ProbePlan<>(2, new SplittableRandom(1));
    plan.after("a", 100_000, 0);
    plan.after("a", 100, 0);
    assertEquals("a", plan.next(200));
    assertNull(plan.next(1_000_000));
  }
}
