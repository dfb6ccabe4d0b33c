package io.busbar.websocket.control;

import java.time.Duration;
import java.util.List;

/**
 * Limits of the control endpoint.
 *
 * @param enabled whether it takes connections
 * @param target of the commands
 */
public record ControlOptions(
    boolean enabled, String target, Gates gates, Times times, Sizes sizes) {

  /**
   * Who may connect.
   *
   * @param apiKeys keys taken; empty = none is asked for
   * @param origins that may connect; empty = any, and none
   * @param maxPerIdentity connections of one key at once
   * @param maxRejections within the window, after which an address is shut out
   * @param cooldown how long
   */
  public record Gates(
      List<String> apiKeys,
      List<String> origins,
      int maxPerIdentity,
      int maxRejections,
      Duration window,
      Duration cooldown) {
    public static final Gates DEFAULTS =
        new Gates(
            List.of(),
            List.of(
                "http://localhost:8050",
                "https://localhost:8050",
                "http://127.0.0.1:8050",
                "https://127.0.0.1:8050"),
            5,
            10,
            Duration.ofSeconds(60),
            Duration.ofSeconds(300));

    public Gates {
      apiKeys = List.copyOf(apiKeys);
      origins = List.copyOf(origins);
    }

    public Gates withApiKeys(String... keys) {
      return new Gates(List.of(keys), origins, maxPerIdentity, maxRejections, window, cooldown);
    }

    public Gates withOrigins(String... allowed) {
      return new Gates(apiKeys, List.of(allowed), maxPerIdentity, maxRejections, window, cooldown);
    }
  }

  /**
   * How long things take.
   *
   * @param heartbeat between pings, 0 = none
   * @param pong within which something must come after a ping
   * @param idle a client silent for this long is closed, 0 = never
   * @param start time limit of start
   * @param command time limit of stop, pause, resume and reset
   * @param params time limit of set_params
   */
  public record Times(
      Duration heartbeat,
      Duration pong,
      Duration idle,
      Duration start,
      Duration command,
      Duration params) {
    public static final Times DEFAULTS =
        new Times(
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(120),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
  }

  /**
   * How much may come.
   *
   * @param text characters of one message
   * @param message bytes of one message
   * @param rate commands per second
   * @param burst commands at once
   */
  public record Sizes(int text, int message, int rate, int burst) {
    public static final Sizes DEFAULTS = new Sizes(65_536, 16 << 20, 10, 10);
  }

  public static final ControlOptions DEFAULTS =
      new ControlOptions(true, "training", Gates.DEFAULTS, Times.DEFAULTS, Sizes.DEFAULTS);

  public ControlOptions withEnabled(boolean on) {
    return new ControlOptions(on, target, gates, times, sizes);
  }

  public ControlOptions with(Gates newGates) {
    return new ControlOptions(enabled, target, newGates, times, sizes);
  }

  public ControlOptions with(Times newTimes) {
    return new ControlOptions(enabled, target, gates, newTimes, sizes);
  }
}
