package io.busbar.plugin.host;

/**
 * Limits of one plugin's host.
 *
 * @param startMillis how long the instances may take to start
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
    long startMillis,
    long stuckAfterMillis,
    int maxStuck,
    long stopMillis,
    long healthTimeoutMillis,
    long healthPauseMillis) {

  public static final HostOptions DEFAULTS =
      new HostOptions(60_000, 60_000, 16, 5_000, 10_000, 1_000);

  public HostOptions {
    require(startMillis >= 1, "plugin start time-out", startMillis);
    require(stuckAfterMillis >= 1, "plugin stuck-after", stuckAfterMillis);
    require(maxStuck >= 0, "plugin max-stuck", maxStuck);
    require(stopMillis >= 1, "plugin stop time-out", stopMillis);
    require(healthTimeoutMillis >= 1, "plugin health time-out", healthTimeoutMillis);
    require(healthPauseMillis >= 1, "plugin health pause", healthPauseMillis);
  }

  public HostOptions withStart(long millis) {
    return new HostOptions(
        millis, stuckAfterMillis, maxStuck, stopMillis, healthTimeoutMillis, healthPauseMillis);
  }

  public HostOptions withStuckAfter(long millis) {
    return new HostOptions(
        startMillis, millis, maxStuck, stopMillis, healthTimeoutMillis, healthPauseMillis);
  }

  public HostOptions withMaxStuck(int instances) {
    return new HostOptions(
        startMillis,
        stuckAfterMillis,
        instances,
        stopMillis,
        healthTimeoutMillis,
        healthPauseMillis);
  }

  public HostOptions withHealthPause(long millis) {
    return new HostOptions(
        startMillis, stuckAfterMillis, maxStuck, stopMillis, healthTimeoutMillis, millis);
  }

  private static void require(boolean ok, String key, long value) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": " + value + ", expected a positive number");
    }
  }
}
