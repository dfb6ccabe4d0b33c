package io.busbar.controlplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.busbar.controlplane.core.SimWorld.Mutation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The promises of docs/protocols/control-plane.md under crashes, pauses, cuts and lost messages.
 */
class SimulationTest {
  private static final int SEEDS = 2_000;
  private static final int LONG_SEEDS = 50_000;
  private static final int SEEDS_WITH_TIES = 200;
  private static final int SEEDS_PER_MUTATION = 400;

  @Test
  void promisesHoldUnderFaults() {
    run(1, SEEDS);
  }

  @Test
  @Tag("long")
  void promisesHoldUnderFaultsForLong() {
    run(1_000_000, LONG_SEEDS);
  }

  @Test
  void promisesHoldWhereTheLowestHostBreaksTies() {
    for (long seed = 1; seed <= SEEDS_WITH_TIES; seed++) {
      SimWorld world = new SimWorld(seed, Mutation.NONE, false, true);
      world.run();
      if (!world.broken.isEmpty()) {
        SimWorld again = new SimWorld(seed, Mutation.NONE, true, true);
        again.run();
        fail("seed " + seed + ": " + again.broken + "\n" + String.join("\n", again.trace));
      }
    }
  }

  private static void run(long from, int count) {
    long written = 0;
    long owned = 0;
    long takeovers = 0;
    for (long seed = from; seed < from + count; seed++) {
      SimWorld world = new SimWorld(seed, Mutation.NONE, false);
      world.run();
      if (!world.broken.isEmpty()) {
        fail("seed " + seed + ": " + schedule(seed));
      }
      written += world.acked;
      owned += world.owned;
      takeovers += world.takeovers;
    }
    assertTrue(written > 50L * count, "writes: " + written);
    assertTrue(owned > 5L * count, "claims that won: " + owned);
    assertTrue(takeovers > count, "owners after another: " + takeovers);
  }

  private static String schedule(long seed) {
    SimWorld again = new SimWorld(seed, Mutation.NONE, true);
    again.run();
    return again.broken + "\n" + String.join("\n", again.trace);
  }

  @ParameterizedTest
  @EnumSource(value = Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aMissingGuardIsNoticed(Mutation mutation) {
    for (long seed = 1; seed <= SEEDS_PER_MUTATION; seed++) {
      SimWorld world = new SimWorld(seed, mutation, false);
      world.run();
      if (!world.broken.isEmpty()) {
        return;
      }
    }
    fail("no seed noticed that " + mutation);
  }

  @Test
  void aSeedGivesTheSameScheduleEachTime() {
    SimWorld first = new SimWorld(7, Mutation.NONE, true);
    SimWorld second = new SimWorld(7, Mutation.NONE, true);
    first.run();
    second.run();
    assertEquals(first.trace, second.trace);
  }
}
