package io.busbar.dispatch;

import java.util.List;

/**
 * Settings of one pool, {@code pools.NAME.*}; times in milliseconds, sizes in bytes.
 *
 * @param runners Fn runners to dial, host:port
 * @param dns name whose addresses are Fn runners, host:port, "" = none
 * @param queue calls that may wait on one node
 * @param queueTimeout longest wait for a slot
 * @param affinity where the affinity key of a call comes from when its caller named none
 * @param concurrency calls at once on a dialled runner, 0 = what its adapter takes as default
 * @param timeout from slot to end, unless the call names one
 * @param placing longest wait for a slot of a detached call
 * @param reserve how long an accepted slot waits for the first frame
 * @param retry when attempts fail
 * @param replay bytes kept for a rewind before commit, -1 = one stream window
 * @param settle silence after which a worker that may reject late counts as having taken the call
 * @param placer who chooses among the workers
 * @param headroom what a call gets beyond its own time on a dialled runner, which measures that
 *     itself
 * @param functionId the function of calls that name none, "" = none
 */
public record PoolOptions(
    List<String> runners,
    String dns,
    int queue,
    long queueTimeout,
    Affinity affinity,
    int concurrency,
    long timeout,
    long placing,
    long reserve,
    Retry retry,
    long replay,
    long settle,
    Placer placer,
    long headroom,
    String functionId) {

  public static final PoolOptions DEFAULTS =
      new PoolOptions(
          List.of(),
          "",
          1000,
          10_000,
          Affinity.NONE,
          0,
          30_000,
          30_000,
          2000,
          Retry.DEFAULTS,
          -1,
          50,
          Placer.BUSBAR,
          0,
          "");

  public PoolOptions {
    runners = List.copyOf(runners);
    require(queue >= 0 && queue <= 1_000_000, "queue", queue, "0 to 1000000");
    require(queueTimeout >= 0, "queue-timeout", queueTimeout, "0ms or more");
    require(concurrency >= 0, "concurrency", concurrency, "0 or more");
    require(timeout >= 1, "timeout", timeout, "at least 1ms");
    require(placing >= 0, "placing", placing, "0ms or more");
    require(reserve >= 10, "reserve", reserve, "at least 10ms");
    require(replay >= -1, "replay", replay, "0 or more bytes");
    require(settle >= 0, "settle", settle, "0ms or more");
    require(headroom >= 0, "headroom", headroom, "0ms or more");
  }

  /** With Busbar's own placer, no headroom and no function. */
  public PoolOptions(
      List<String> runners,
      String dns,
      int queue,
      long queueTimeout,
      Affinity affinity,
      int concurrency,
      long timeout,
      long placing,
      long reserve,
      Retry retry,
      long replay,
      long settle) {
    this(
        runners,
        dns,
        queue,
        queueTimeout,
        affinity,
        concurrency,
        timeout,
        placing,
        reserve,
        retry,
        replay,
        settle,
        Placer.BUSBAR,
        0,
        "");
  }

  public PoolOptions with(Placer another) {
    return with(timeout, replay, retry, another, headroom, functionId);
  }

  public PoolOptions withHeadroom(long millis) {
    return with(timeout, replay, retry, placer, millis, functionId);
  }

  public PoolOptions withFunction(String id) {
    return with(timeout, replay, retry, placer, headroom, id);
  }

  /** Another time limit, replay and retry. */
  public PoolOptions with(long newTimeout, long newReplay, Retry newRetry) {
    return with(newTimeout, newReplay, newRetry, placer, headroom, functionId);
  }

  /** The only place that names every field. */
  private PoolOptions with(
      long newTimeout,
      long newReplay,
      Retry newRetry,
      Placer newPlacer,
      long newHeadroom,
      String newFunction) {
    return new PoolOptions(
        runners,
        dns,
        queue,
        queueTimeout,
        affinity,
        concurrency,
        newTimeout,
        placing,
        reserve,
        newRetry,
        newReplay,
        settle,
        newPlacer,
        newHeadroom,
        newFunction);
  }

  /** Who chooses a worker for a call. */
  public enum Placer {
    /** Affinity with bounded load, else the less loaded of two. */
    BUSBAR,
    /** Fn's {@code ch} placer: by function id over the list of runners, then the next ones. */
    FN_CH
  }

  /** Where the key of a call without a key of its own comes from. */
  public enum Affinity {
    NONE,
    /** Only from the caller, who may always name one. */
    HEADER,
    FN_ID,
    SLOT_HASH_ID
  }

  /**
   * When attempts fail before commit.
   *
   * @param maxAttempts failed attempts after which the call fails, 0 = until its time is over; a
   *     worker that is busy does not count as failed
   * @param backoff pause after the first failed attempt; doubles each time
   * @param maxBackoff longest pause
   * @param jitter part of the pause that is random, 0 to 1
   */
  public record Retry(int maxAttempts, long backoff, long maxBackoff, double jitter) {
    public static final Retry DEFAULTS = new Retry(0, 10, 1000, 0.5);

    public Retry {
      require(maxAttempts >= 0, "retry.max-attempts", maxAttempts, "0 or more");
      require(backoff >= 1, "retry.backoff", backoff, "at least 1ms");
      require(maxBackoff >= backoff, "retry.max-backoff", maxBackoff, "at least retry.backoff");
      if (!(jitter >= 0 && jitter <= 1)) {
        throw new IllegalArgumentException("retry.jitter: " + jitter + ", expected 0 to 1");
      }
    }

    /**
     * Pause before the next attempt.
     *
     * @param failed attempts that failed so far, at least 1
     * @param random 0 to 1
     */
    long pause(int failed, double random) {
      long whole = Math.min(maxBackoff, backoff << Math.min(20, failed - 1));
      return Math.max(1, Math.round(whole * (1 - jitter * random)));
    }
  }

  private static void require(boolean ok, String key, long value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": " + value + ", expected " + expected);
    }
  }
}
