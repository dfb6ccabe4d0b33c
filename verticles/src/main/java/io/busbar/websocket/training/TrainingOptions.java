package io.busbar.websocket.training;

import java.time.Duration;
import java.util.List;

/**
 * Limits of the training endpoint.
 *
 * @param channel that is shown
 * @param apiKeys keys taken; empty = none is asked for
 * @param maxConnections subscribers on this node at once
 * @param maxPerIp of one address
 * @param replay frames that can be resumed from, 0 = none
 * @param maxMessage bytes of one message from a client
 * @param times how long things take
 * @param text how long texts are
 */
public record TrainingOptions(
    String channel,
    List<String> apiKeys,
    int maxConnections,
    int maxPerIp,
    int replay,
    int maxMessage,
    Times times,
    Text text) {

  /**
   * How long things take.
   *
   * @param heartbeat between pings, 0 = none
   * @param pong within which something must come after a ping
   * @param resume to wait for the first frame of a client
   * @param send a client that takes nothing for this long is closed
   */
  public record Times(Duration heartbeat, Duration pong, Duration resume, Duration send) {
    public static final Times DEFAULTS =
        new Times(
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(5),
            Duration.ofMillis(500));
  }

  /**
   * How long texts are, in characters.
   *
   * @param most of a message that is not cut, 0 = none is cut
   * @param chunk of a part
   * @param rows of the metrics that a new client is told, 0 = it is not told
   */
  public record Text(int most, int chunk, int rows) {
    public static final Text DEFAULTS = new Text(60_000, 32_000, 100);
  }

  public static final TrainingOptions DEFAULTS =
      new TrainingOptions(
          "training", List.of(), 50, 5, 1024, 16 << 20, Times.DEFAULTS, Text.DEFAULTS);

  public TrainingOptions {
    apiKeys = List.copyOf(apiKeys);
  }

  public TrainingOptions withCaps(int connections, int perIp) {
    return new TrainingOptions(
        channel, apiKeys, connections, perIp, replay, maxMessage, times, text);
  }

  public TrainingOptions withApiKeys(String... keys) {
    return new TrainingOptions(
        channel, List.of(keys), maxConnections, maxPerIp, replay, maxMessage, times, text);
  }

  public TrainingOptions withReplay(int frames) {
    return new TrainingOptions(
        channel, apiKeys, maxConnections, maxPerIp, frames, maxMessage, times, text);
  }

  public TrainingOptions with(Times newTimes) {
    return new TrainingOptions(
        channel, apiKeys, maxConnections, maxPerIp, replay, maxMessage, newTimes, text);
  }
}
