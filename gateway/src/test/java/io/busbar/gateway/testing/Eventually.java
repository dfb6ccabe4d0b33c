package io.busbar.gateway.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Asks another process again and again, since it cannot tell this one when something happened. */
public final class Eventually {
  private static final long PAUSE_MILLIS = 50;

  private Eventually() {}

  /** An action that may throw. */
  @FunctionalInterface
  public interface Check {
    void run() throws Exception;
  }

  /** Returns when the check passes; fails with its last error when it never did in time. */
  public static void passes(Duration limit, Supplier<String> details, Check check) {
    long end = System.nanoTime() + limit.toNanos();
    Throwable last;
    do {
      try {
        check.run();
        return;
      } catch (Exception | AssertionError e) {
        last = e;
      }
      pause();
    } while (System.nanoTime() < end);
    throw new AssertionError(
        "not within " + limit + ": " + last.getMessage() + "\n" + details.get(), last);
  }

  private static void pause() {
    try {
      if (new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("nobody counts this latch down");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
