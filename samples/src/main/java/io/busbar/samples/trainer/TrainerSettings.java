package io.busbar.samples.trainer;

import io.busbar.failure.Failure;
import io.vertx.core.json.JsonObject;
import java.util.Set;

/**
 * The trainer's block of the configuration.
 *
 * @param dataSet {@code spirals} or {@code xor}
 * @param points of each spiral, 2 to 10000
 * @param seed the same seed gives the same run, as long as no worker takes part
 * @param channel where it is shown
 * @param target of the commands
 */
record TrainerSettings(
    String dataSet, int points, long seed, String channel, String target, Pool pool) {
  private static final Set<String> KEYS =
      Set.of(
          "dataset",
          "points",
          "seed",
          "channel",
          "target",
          "pool",
          "in-flight",
          "worker-wait-ms",
          "task-timeout-ms");
  private static final long QUIET_MILLIS = 5000;

  /**
   * Whom to ask.
   *
   * @param name of the pool, "" = candidates are trained in this process
   * @param inFlight candidates that are out at once
   * @param waitMillis until somebody takes the first candidate of a growth
   * @param quietMillis after nobody did
   * @param taskMillis for a task
   */
  record Pool(String name, int inFlight, long waitMillis, long quietMillis, long taskMillis) {}

  /**
   * @throws IllegalArgumentException naming the key
   */
  static TrainerSettings of(JsonObject config) {
    for (String key : config.fieldNames()) {
      if (!KEYS.contains(key)) {
        throw new IllegalArgumentException(
            "config." + Failure.shorten(key, 40) + ": unknown, expected one of " + KEYS);
      }
    }
    String dataSet = text(config, "dataset", DataSet.SPIRALS);
    if (!dataSet.equals(DataSet.SPIRALS) && !dataSet.equals(DataSet.XOR)) {
      throw wrong("dataset", dataSet, DataSet.SPIRALS + " or " + DataSet.XOR);
    }
    return new TrainerSettings(
        dataSet,
        (int) number(config, "points", 97, 2, 10_000),
        number(config, "seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
        text(config, "channel", "training"),
        text(config, "target", "training"),
        new Pool(
            text(config, "pool", "juniper"),
            (int) number(config, "in-flight", 8, 1, 256),
            number(config, "worker-wait-ms", 500, 1, 60_000),
            QUIET_MILLIS,
            number(config, "task-timeout-ms", 120_000, 1, 86_400_000)));
  }

  private static String text(JsonObject config, String key, String otherwise) {
    Object value = config.getValue(key, otherwise);
    if (value instanceof String text) {
      return text;
    }
    throw wrong(key, value, "a text");
  }

  private static long number(JsonObject config, String key, long otherwise, long least, long most) {
    Object value = config.getValue(key, otherwise);
    if (value instanceof Integer || value instanceof Long) {
      long number = ((Number) value).longValue();
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw wrong(key, value, "a whole number from " + least + " to " + most);
  }

  private static IllegalArgumentException wrong(String key, Object value, String expected) {
    return new IllegalArgumentException(
        "config."
            + key
            + ": '"
            + Failure.shorten(String.valueOf(value), 40)
            + "', expected "
            + expected);
  }

  DataSet data() {
    return dataSet.equals(DataSet.XOR) ? DataSet.xor() : DataSet.spirals(points);
  }
}
