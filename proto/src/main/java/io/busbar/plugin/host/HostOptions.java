package io.busbar.plugin.host;

/**
 * Limits of one plugin's host.
 *
 * @param stuckAfterMillis how long an instance may go on with a call that is over, before it is
 *     replaced
 * @param maxStuck most instances given up at one time, each of which keeps its thread; beyond that
 *     capacity is lost until one returns
 * @param stopMillis how long stopping waits for instances
 * @param healthTimeoutMillis how long the plugin may take to say how it is
 * @param healthPauseMillis first pause before an unwell plugin is asked again; doubles up to 32
 *     times
 */
public record HostOptions(
    long stuckAfterMillis,
    int maxStuck,
    long stopMillis,
    long healthTimeoutMillis,
    long healthPauseMillis) {

  public static final HostOptions DEFAULTS = new HostOptions(60_000, 16, 5_000, 10_000, 1_000);

  public HostOptions {
    require(stuckAfterMillis >= 1, "plugins.stuck-after", stuckAfterMillis);
    require(maxStuck >= 0, "plugins.max-stuck", maxStuck);
    require(stopMillis >= 1, "plugins.stop-timeout", stopMillis);
    require(healthTimeoutMillis >= 1, "plugins.health-timeout", healthTimeoutMillis);
    require(healthPauseMillis >= 1, "plugins.health-pause", healthPauseMillis);
  }

  public HostOptions withStuckAfter(long millis) {
    return new HostOptions(millis, maxStuck, stopMillis, healthTimeoutMillis, healthPauseMillis);
  }

  public HostOptions withMaxStuck(int instances) {
    return new HostOptions(
        stuckAfterMillis, instances, stopMillis, healthTimeoutMillis, healthPauseMillis);
  }

  public HostOptions withHealthPause(long millis) {
    return new HostOptions(stuckAfterMillis, maxStuck, stopMillis, healthTimeoutMillis, millis);
  }

  private static void require(boolean ok, String key, long value) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": " + value + ", expected a positive number");
    }
  }
}
