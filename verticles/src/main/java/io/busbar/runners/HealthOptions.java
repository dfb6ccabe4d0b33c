package io.busbar.runners;

/**
 * When a runner is left alone and how it comes back; times in milliseconds.
 *
 * @param failures failures in a row, of calls or of Status, after which it gets no calls
 * @param lies answers that break the protocol within {@link RunnerHealth#LIE_WINDOW}, likewise
 * @param eject how long it gets no calls the first time; doubles each time in a row
 * @param maxEject longest time without calls while its Status is good
 * @param ramp time in which its share grows from a tenth to the whole after its return
 * @param statusInterval mean time between two Status questions, 0 = never asked
 * @param statusTimeout patience for an answer
 */
public record HealthOptions(
    int failures,
    int lies,
    long eject,
    long maxEject,
    long ramp,
    long statusInterval,
    long statusTimeout) {
  public static final HealthOptions DEFAULTS =
      new HealthOptions(5, 3, 1000, 120_000, 10_000, 10_000, 5000);

  public HealthOptions {
    require(failures >= 1, "failures", failures, "at least 1");
    require(lies >= 1, "lies", lies, "at least 1");
    require(eject >= 1, "eject", eject, "at least 1ms");
    require(maxEject >= eject, "max-eject", maxEject, "at least eject");
    require(ramp >= 0, "ramp", ramp, "0ms or more");
    require(statusInterval >= 0, "status-interval", statusInterval, "0ms or more");
    require(statusTimeout >= 1, "status-timeout", statusTimeout, "at least 1ms");
  }

  private static void require(boolean ok, String key, long value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException("health." + key + ": " + value + ", expected " + expected);
    }
  }
}
