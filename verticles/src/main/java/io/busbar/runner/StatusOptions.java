package io.busbar.runner;

import java.util.Objects;

/**
 * The call behind Status and Status2; times in milliseconds.
 *
 * @param pool pool that is called, "" = none: the answer then holds the live numbers only
 * @param image a TryCall that names this image is refused, "" = none
 * @param healthHook pool that is called before; its answer, a JSON object, is the custom status, ""
 *     = none
 * @param barrierFile while this file does not exist the network is reported as disabled, "" = never
 * @param timeoutMillis from slot to end of each of the two calls
 * @param boundMillis longest time each of the two calls may take in all
 * @param cacheMillis how long a result is shown to others
 * @param maxAnswer largest body of an answer, in bytes
 */
public record StatusOptions(
    String pool,
    String image,
    String healthHook,
    String barrierFile,
    long timeoutMillis,
    long boundMillis,
    long cacheMillis,
    int maxAnswer) {
  public static final StatusOptions NONE =
      new StatusOptions("", "", "", "", 5000, 60_000, 1500, 64 << 10);

  public StatusOptions {
    Objects.requireNonNull(pool, "pool");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(healthHook, "healthHook");
    Objects.requireNonNull(barrierFile, "barrierFile");
  }

  public static StatusOptions of(String pool) {
    return new StatusOptions(
        pool, "", "", "", NONE.timeoutMillis, NONE.boundMillis, NONE.cacheMillis, NONE.maxAnswer);
  }

  public StatusOptions withHealthHook(String hook) {
    return new StatusOptions(
        pool, image, hook, barrierFile, timeoutMillis, boundMillis, cacheMillis, maxAnswer);
  }

  public StatusOptions withBarrierFile(String file) {
    return new StatusOptions(
        pool, image, healthHook, file, timeoutMillis, boundMillis, cacheMillis, maxAnswer);
  }
}
