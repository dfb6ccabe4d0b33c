package io.busbar.gateway.config;

import io.busbar.fn.wire.CallFunction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code pools.NAME.*}.
 *
 * @param replay bytes kept for a rewind
 * @param retry how a call is offered again
 * @param headroom what a call gets on a dialled runner beyond its own time
 * @param function told to its Fn runners with calls that bring no description of their own
 * @param dialled how its Fn runners are dialled and judged
 */
public record PoolSettings(
    String name,
    List<HostPort> runners,
    Optional<HostPort> dns,
    int queue,
    Duration queueTimeout,
    String affinity,
    int concurrency,
    Duration timeout,
    Duration placing,
    Duration reserve,
    Retry retry,
    long replay,
    Duration settle,
    Duration headroom,
    String placer,
    CallFunction function,
    DialSettings dialled) {

  /**
   * Attempts after the first.
   *
   * @param maxAttempts failed attempts after which a call fails, 0 = until its time is over
   */
  public record Retry(int maxAttempts, Duration backoff, Duration maxBackoff) {}

  static PoolSettings of(Config c, String name) {
    String pool = "pools." + name + ".";
    return new PoolSettings(
        name,
        c.list(pool + "runners", HostPort.class),
        c.find(pool + "dns", HostPort.class),
        c.integer(pool + "queue"),
        c.duration(pool + "queue-timeout"),
        c.text(pool + "affinity"),
        c.integer(pool + "concurrency"),
        c.duration(pool + "timeout"),
        c.duration(pool + "placing"),
        c.duration(pool + "reserve"),
        new Retry(
            c.integer(pool + "retry.max-attempts"),
            c.duration(pool + "retry.backoff"),
            c.duration(pool + "retry.max-backoff")),
        c.find(pool + "replay", Long.class).orElseGet(() -> c.size("bus.stream-window")),
        c.duration(pool + "settle"),
        c.duration(pool + "headroom"),
        c.text(pool + "placer"),
        PoolFunction.of(c, pool, c.duration(pool + "timeout")),
        DialSettings.of(c, pool));
  }
}
