package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.runners.RunnerHealth.State;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RunnerHealthTest {
  private static final HealthOptions OPTIONS =
      new HealthOptions(3, 2, 1000, 8000, 10_000, 10_000, 1000);

  private final RunnerHealth health = new RunnerHealth(OPTIONS, 0);

  private void eject(long now) {
    for (int i = 0; i < OPTIONS.failures(); i++) {
      health.failed("lost", now);
    }
  }

  private void comeBack(long now) {
    health.probed(now);
    health.probed(now);
  }

  @Test
  void failuresInARowEject() {
    health.failed("lost", 1);
    health.failed("lost", 2);
    assertTrue(health.takes());
    health.failed("lost", 3);
    assertEquals(State.EJECTED, health.state());
    assertEquals("lost", health.lastError());
  }

  @Test
  void aSuccessBetweenFailuresKeepsIt() {
    for (int i = 0; i < 100; i++) {
      health.failed("lost", i);
      health.failed("lost", i);
      health.succeeded(i);
    }
    assertEquals(State.READY, health.state());
  }

  @Test
  void aRepeatedLieEjectsEvenAmongSuccesses() {
    health.lied("status 1000", 0);
    health.succeeded(1);
    assertTrue(health.takes());
    health.lied("negative active", 2);
    assertEquals(State.EJECTED, health.state());
    assertEquals("negative active", health.lastError());
  }

  @Test
  void liesFarApartDoNotAddUp() {
    health.lied("status 1000", 0);
    health.succeeded(1);
    health.lied("status 1000", RunnerHealth.LIE_WINDOW + 1);
    assertTrue(health.takes());
  }

  @Test
  void badStatusCountsLikeAFailure() {
    health.probeFailed("no answer", 0);
    health.probeFailed("no answer", 1);
    health.probeFailed("no answer", 2);
    assertFalse(health.takes());
  }

  @Test
  void returnsOnlyAfterItsTimeAndTwoGoodAnswers() {
    eject(0);
    health.probed(500);
    health.probed(900);
    assertFalse(health.takes());
    health.probeFailed("no", 950);
    health.probed(1100);
    assertFalse(health.takes());
    health.probed(1200);
    assertEquals(State.RETURNING, health.state());
  }

  @Test
  void itsShareGrowsWithTheRamp() {
    eject(0);
    assertEquals(0, health.share(1000));
    comeBack(2000);
    assertEquals(0.1, health.share(2000), 0.001);
    assertEquals(0.55, health.share(7000), 0.001);
    health.succeeded(12_000);
    assertEquals(State.READY, health.state());
    assertEquals(1, health.share(12_000));
  }

  @Test
  void eachEjectionInARowLastsLongerUpToALimit() {
    long now = 0;
    for (long expected : new long[] {1000, 2000, 4000, 8000, 8000}) {
      eject(now);
      assertEquals(now + expected, health.outUntil());
      now += expected;
      comeBack(now);
      assertTrue(health.takes());
    }
  }

  @Test
  void aGoodTimeForgives() {
    eject(0);
    comeBack(1000);
    long later = 1000 + OPTIONS.ramp() + RunnerHealth.LIE_WINDOW;
    health.succeeded(later);
    assertEquals(0, health.ejectionsInRow());
  }

  @Test
  void aDrainingRunnerIsOutAtOnceAndBackWithTheFirstGoodAnswer() {
    health.drains("it stops", 0);
    assertFalse(health.takes());
    health.probed(5);
    assertTrue(health.takes());
    assertEquals(0, health.ejectionsInRow());
  }

  @Test
  void withoutStatusItReturnsByTimeAlone() {
    RunnerHealth blind = new RunnerHealth(new HealthOptions(1, 1, 1000, 8000, 0, 0, 1000), 0);
    blind.failed("lost", 0);
    blind.tick(999);
    assertFalse(blind.takes());
    blind.tick(1000);
    assertTrue(blind.takes());
  }

  /** Whatever happens: never a share without taking, never out for longer than allowed. */
  @Test
  void keepsItsPromisesUnderRandomEvents() {
    for (long seed = 0; seed < 300; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      RunnerHealth one = new RunnerHealth(OPTIONS, 0);
      long now = 0;
      long goodSince = 0;
      for (int i = 0; i < 500; i++) {
        now += random.nextInt(400);
        switch (random.nextInt(6)) {
          case 0 -> one.failed("f", now);
          case 1 -> one.lied("l", now);
          case 2 -> one.probeFailed("p", now);
          case 3 -> one.probed(now);
          case 4 -> one.drains("d", now);
          default -> one.succeeded(now);
        }
        assertEquals(one.takes(), one.share(now) > 0, "seed " + seed);
        assertTrue(one.share(now) <= 1, "seed " + seed);
        assertTrue(one.takes() || one.outUntil() <= now + OPTIONS.maxEject(), "seed " + seed);
      }
      for (goodSince = now; now < goodSince + OPTIONS.maxEject() + 3000; now += 1000) {
        one.probed(now);
      }
      assertTrue(one.takes(), "seed " + seed + ": good answers bring it back");
    }
  }
}
