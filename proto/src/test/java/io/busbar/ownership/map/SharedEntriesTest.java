package io.busbar.ownership.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.busbar.ownership.map.SimClaims.Mutation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Our own nodes' claims through the processors of the shared map, under lost, repeated and late
 * messages, cuts and merges, crashes, stops of all nodes and clocks that are set back: an epoch has
 * one holder, epochs never begin anew, and by their leases two never write at a time.
 */
class SharedEntriesTest {
  private static final int SEEDS = 60;
  private static final int LONG_SEEDS = 5_000;
  private static final int SEEDS_PER_MUTATION = 200;

  @Test
  void promisesHoldUnderFaults() {
    run(1, SEEDS);
  }

  @Test
  @Tag("long")
  void promisesHoldUnderFaultsForLong() {
    run(1_000_000, LONG_SEEDS);
  }

  private static void run(long from, int count) {
    long grants = 0;
    long writes = 0;
    long takeovers = 0;
    long merges = 0;
    for (long seed = from; seed < from + count; seed++) {
      SimClaims claims = new SimClaims(seed, Mutation.NONE, false);
      claims.run();
      if (!claims.broken.isEmpty()) {
        fail("seed " + seed + ": " + schedule(seed));
      }
      grants += claims.grants;
      writes += claims.writes;
      takeovers += claims.takeovers;
      merges += claims.entries.merges;
    }
    assertTrue(grants > 20L * count, "grants: " + grants);
    assertTrue(writes > 100L * count, "writes: " + writes);
    assertTrue(takeovers > 5L * count, "writers after another: " + takeovers);
    assertTrue(merges > count, "merges: " + merges);
  }

  private static String schedule(long seed) {
    SimClaims again = new SimClaims(seed, Mutation.NONE, true);
    again.run();
    return again.broken + "\n" + String.join("\n", again.entries.trace);
  }

  @ParameterizedTest
  @EnumSource(value = Mutation.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void aMissingGuardIsNoticed(Mutation mutation) {
    for (long seed = 1; seed <= SEEDS_PER_MUTATION; seed++) {
      SimClaims claims = new SimClaims(seed, mutation, false);
      claims.run();
      if (!claims.broken.isEmpty()) {
        return;
      }
    }
    fail("no seed noticed " + mutation);
  }

  @Test
  void aSeedGivesTheSameScheduleEachTime() {
    assertEquals(schedule(7), schedule(7));
  }
}
