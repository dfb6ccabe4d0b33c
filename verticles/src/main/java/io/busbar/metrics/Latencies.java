package io.busbar.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long calls took, counted in 8 steps per doubling, so that a percentile is right within an
 * eighth. Recording is any thread's, looking is one thread's.
 */
public final class Latencies {
  private static final int STEPS = 8;
  private static final int STEP_BITS = 3;
  private static final int PLACES = (Long.SIZE - STEP_BITS) * STEPS;

  /** Threads that record all the time should not meet in one; a power of two. */
  private static final int PARTS = 8;

  private final AtomicLongArray[] counts = new AtomicLongArray[PARTS];
  private final long[] seen = new long[PLACES];

  Latencies() {
    for (int i = 0; i < PARTS; i++) {
      counts[i] = new AtomicLongArray(PLACES);
    }
  }

  void record(long millis) {
    int part = (int) Thread.currentThread().getId() & (PARTS - 1);
    counts[part].incrementAndGet(place(Math.max(0, millis)));
  }

  private static int place(long millis) {
    if (millis < STEPS) {
      return (int) millis;
    }
    int doublings = Long.SIZE - 1 - STEP_BITS - Long.numberOfLeadingZeros(millis);
    return (doublings + 1) * STEPS + (int) (millis >>> doublings) - STEPS;
  }

  /** Smallest number that is counted at that place. */
  private static long least(int place) {
    int doublings = place / STEPS - 1;
    return doublings < 0 ? place : (long) (place % STEPS + STEPS) << doublings;
  }

  /**
   * A percentile of what was recorded since the last look.
   *
   * @param part 0 to 1
   * @return ms, 0 = nothing was recorded
   */
  public long sinceLastLook(double part) {
    long[] fresh = new long[PLACES];
    long all = 0;
    for (int i = 0; i < PLACES; i++) {
      long now = 0;
      for (AtomicLongArray one : counts) {
        now += one.get(i);
      }
      fresh[i] = now - seen[i];
      seen[i] = now;
      all += fresh[i];
    }
    long wanted = (long) Math.ceil(part * all);
    long counted = 0;
    for (int i = 0; i < PLACES && all > 0; i++) {
      counted += fresh[i];
      if (counted >= wanted) {
        return least(i);
      }
    }
    return 0;
  }
}
