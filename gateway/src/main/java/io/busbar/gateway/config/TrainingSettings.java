package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelOptions;
import io.busbar.juniper.client.JuniperServer;
import io.busbar.juniper.training.TrainingForm;
import io.busbar.juniper.training.TrainingView;
import io.busbar.websocket.relay.RelayOptions;
import io.busbar.websocket.training.TrainingOptions;
import java.util.Optional;

/** {@code training.*}: the keys, and what they say. */
final class TrainingSettings {
  private static final KeyType COUNT = integer(1, 10_000_000, "");

  private TrainingSettings() {}

  static void define(KeyList k) {
    ServiceKeys.keys(k, "training");
    k.key(
        "training.channel",
        text("name", "a channel's name", "[a-z0-9][a-z0-9._-]{0,127}"),
        "training",
        "Channel that /ws/training shows; it takes JSON objects with a type.");
    k.key("training.heartbeat", duration("0", "1h"), "30s", "Pause between pings; 0 = none.");
    k.key(
        "training.pong-timeout",
        duration("1s", "1h"),
        "10s",
        "A subscriber silent for this long after a ping is closed.");
    k.key(
        "training.resume-timeout",
        duration("10ms", "1h"),
        "5s",
        "A new subscriber that says nothing for this long begins with the present state.");
    k.key(
        "training.send-timeout",
        duration("10ms", "1h"),
        "500ms",
        "A subscriber that takes nothing for this long is closed.");
    k.key(
        "training.replay",
        integer(0, 10_000_000, "frames"),
        "1024",
        "Frames kept for resume; 0 = no resume. Also the capacity of the channel unless it has its"
            + " own.");
    k.key(
        "training.max-text",
        integer(0, 1_000_000, "characters"),
        "60000",
        "Longest message that is not cut into chunks; 0 = none is cut.");
    k.key("training.chunk", integer(256, 500_000, "characters"), "32000", "Characters of a chunk.");
    k.key(
        "training.initial-metrics",
        integer(0, TrainingView.MOST_ROWS, "rows"),
        "100",
        "Rows of metrics that a new subscriber is told; 0 = it is not told.");
    k.key(
        "training.max-message",
        size("1KiB", "16MiB"),
        "16MiB",
        "Bytes of one message from a subscriber; above, it is closed with 1009.");
    k.open(
        "training.upstream",
        text("url", "a ws:// or wss:// URL", "wss?://[!-~]{1,2000}"),
        "none",
        "Trainer (ws://host:8200) whose stream is relayed to the channel, and which executes the"
            + " commands; one node at a time holds the relay.");
    k.open(
        "training.upstream-origin",
        text("origin", "an origin", "[!-~]{1,2000}"),
        "none",
        "Origin sent to the trainer, whose /ws/control may ask for one.");
    k.secret(
        "training.upstream-api-key",
        text("key", "a key", "[!-~]{1,1000}"),
        "none",
        "Key sent to the trainer.");
    k.key("training.max-connections", COUNT, "50", "Subscribers on this node at once.");
    k.key("training.max-per-ip", COUNT, "5", "Subscribers from one address at once.");
  }

  /** Empty = no trainer is relayed. */
  static Optional<RelayOptions> relay(Config c) {
    return c.find("training.upstream", String.class)
        .map(
            url ->
                RelayOptions.of(
                    JuniperServer.of(url)
                        .withOrigin(c.find("training.upstream-origin", String.class).orElse(""))
                        .withApiKey(c.find("training.upstream-api-key", String.class).orElse("")),
                    c.text("training.channel"),
                    c.text("control.target")));
  }

  static TrainingOptions options(Config c) {
    return new TrainingOptions(
        c.text("training.channel"),
        c.list("training.api-keys", String.class),
        c.integer("training.max-connections"),
        c.integer("training.max-per-ip"),
        c.integer("training.replay"),
        (int) c.size("training.max-message"),
        new TrainingOptions.Times(
            c.duration("training.heartbeat"),
            c.duration("training.pong-timeout"),
            c.duration("training.resume-timeout"),
            c.duration("training.send-timeout")),
        new TrainingOptions.Text(
            c.integer("training.max-text"),
            c.integer("training.chunk"),
            c.integer("training.initial-metrics")));
  }

  /** Gives the training channel its form, and room for what can be resumed from. */
  static ChannelCatalog channel(Config c, ChannelCatalog channels) {
    String name = c.text("training.channel");
    ChannelOptions options = channels.of(name);
    if (c.find("channels." + name + ".capacity", Integer.class).isEmpty()) {
      options = options.withCapacity(Math.max(1, c.integer("training.replay")));
    }
    return channels.with(
        name,
        options,
        TrainingForm.of(c.integer("training.max-text"), c.integer("training.chunk")));
  }
}
