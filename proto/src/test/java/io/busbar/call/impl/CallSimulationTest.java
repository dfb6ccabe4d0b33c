package io.busbar.call.impl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Random schedules of calls under loss, doubling, reordering and death: every call ends once, no
 * two workers serve a call after its commit, no slot and no memory leaks, no short body succeeds.
 */
class CallSimulationTest {
  private static final int SCHEDULES = Boolean.getBoolean("busbar.long") ? 20_000 : 1000;

  @Test
  void everyScheduleKeepsThePromises() {
    List<String> violations = new ArrayList<>();
    int succeeded = 0;
    int calls = 0;
    for (long seed = 1; seed <= SCHEDULES && violations.size() < 10; seed++) {
      SimulatedCalls world = new SimulatedCalls(seed);
      world.run();
      violations.addAll(world.violations);
      calls += world.clients.size();
      succeeded += world.succeeded();
    }
    assertEquals(List.of(), violations);
    if (succeeded < calls / 4) {
      throw new AssertionError("only " + succeeded + " of " + calls + " calls succeeded");
    }
  }
}
