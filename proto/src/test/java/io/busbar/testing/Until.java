package io.busbar.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * Waits for what no event tells, without taking the processor from those who are to bring it about.
 */
public final class Until {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PAUSE_NANOS = 1_000_000;

  private Until() {}

  /**
   * Returns once it holds. Blocks; not for an event loop.
   *
   * @param otherwise what is said when it never did
   */
  public static void holds(Callable<Boolean> condition, String otherwise) throws Exception {
    long limit = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > limit) {
        throw new AssertionError(otherwise);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
