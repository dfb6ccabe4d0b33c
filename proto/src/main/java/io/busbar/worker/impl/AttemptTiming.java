package io.busbar.worker.impl;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Timing;

/**
 * How long one attempt waited and ran, for the call's outcome. Durations are this process's
 * monotonic time; the dates follow from one reading of the wall clock, so that they never
 * contradict the durations.
 */
final class AttemptTiming {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final long createdAt;
  private final long waitedNanos;
  private final long acceptedNanos;
  private long startedNanos;

  private AttemptTiming(long createdAt, long waitedNanos, long acceptedNanos) {
    this.createdAt = createdAt;
    this.waitedNanos = waitedNanos;
    this.acceptedNanos = acceptedNanos;
  }

  /**
   * @param waitedMillis what the dispatcher says of the time before the offer
   */
  static AttemptTiming accepted(long waitedMillis) {
    long waited = Math.max(0, Math.min(waitedMillis, Long.MAX_VALUE / NANOS_PER_MILLI));
    return new AttemptTiming(
        System.currentTimeMillis() - waited, waited * NANOS_PER_MILLI, System.nanoTime());
  }

  void started() {
    startedNanos = System.nanoTime();
  }

  /**
   * The outcome with what was measured here: created, started and completed in ms of the epoch,
   * scheduler (submit to start) and execution in ns. What the worker measured itself stands.
   */
  Outcome measured(Outcome outcome) {
    Timing told = outcome.getTiming();
    if (told.getStartedAt() != 0 || told.getExecution() != 0) {
      return outcome;
    }
    long scheduler = waitedNanos + Math.max(0, startedNanos - acceptedNanos);
    // 0 would read as "not measured".
    long execution = Math.max(1, System.nanoTime() - startedNanos);
    Timing.Builder timing =
        told.toBuilder()
            .setCreatedAt(createdAt)
            .setStartedAt(createdAt + scheduler / NANOS_PER_MILLI)
            .setCompletedAt(createdAt + (scheduler + execution) / NANOS_PER_MILLI)
            .setScheduler(scheduler)
            .setExecution(execution);
    return outcome.toBuilder().setTiming(timing).build();
  }
}
