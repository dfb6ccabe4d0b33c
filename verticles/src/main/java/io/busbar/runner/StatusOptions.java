package io.busbar.runner;

import java.util.Objects;

/**
 * The call behind Status and Status2; times in milliseconds.
 *
 * @param pool pool that is called, "" = none: the answer then holds the live numbers only
 * @param image a TryCall that names this image is refused, "" = none
 * @param timeoutMillis from slot to end of the status call
 * @param boundMillis longest time a status call may take in all
 * @param cacheMillis how long a result is shown to others
 * @param maxAnswer largest body of a status call, in bytes
 */
public record StatusOptions(
    String pool,
    String image,
    long timeoutMillis,
    long boundMillis,
    long cacheMillis,
    int maxAnswer) {
  public static final StatusOptions NONE = new StatusOptions("", "", 5000, 60_000, 1500, 64 << 10);

  public StatusOptions {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(image, "image");
  }

  public static StatusOptions of(String pool) {
    return new StatusOptions(
        pool, "", NONE.timeoutMillis, NONE.boundMillis, NONE.cacheMillis, NONE.maxAnswer);
  }
}
