package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.choice;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;

import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** {@code channels.*}: the keys, and what they say. */
final class ChannelSettings {
  private ChannelSettings() {}

  static void define(KeyList k) {
    k.key(
        "channels.max",
        integer(1, 10_000_000, "channels"),
        "1000",
        "Channels in the cluster at once.");
    k.key(
        "channels.backups",
        integer(0, 6, "nodes"),
        "1",
        "Other nodes that hold each frame before it is answered.");
    k.key(
        "channels.NAME.capacity",
        integer(1, 10_000_000, "frames"),
        "1024",
        "Frames of history; the same on all nodes, as all of channels.NAME.");
    k.key(
        "channels.NAME.bytes",
        size("1KiB", "1TiB"),
        "64MiB",
        "Bytes of history; the newest frame always stays.");
    k.key("channels.NAME.max-frame", size("1KiB", "64MiB"), "1MiB", "Largest frame.");
    k.open(
        "channels.NAME.ttl",
        duration("1s", "365d"),
        "until capacity pushes it out",
        "How long a frame is kept.");
    k.key(
        "channels.NAME.slow",
        choice("disconnect", "latest", "gap"),
        "disconnect",
        "What happens to a subscriber that cannot keep up.");
    k.key(
        "channels.NAME.lag",
        integer(1, 10_000_000, "frames"),
        "512",
        "Frames that a subscriber may be behind before that happens.");
    k.key(
        "channels.NAME.queue",
        integer(1, 1_000_000, "frames"),
        "1024",
        "Frames that may wait for their append; more are refused.");
    k.key("channels.NAME.queue-bytes", size("64MiB", "16GiB"), "64MiB", "Bytes of them.");
    k.key(
        "channels.NAME.idle",
        duration("1s", "365d"),
        "1h",
        "A channel without appends and subscribers is removed after this time.");
  }

  static ChannelCatalog catalog(Config c) {
    Map<String, ChannelOptions> named = new HashMap<>();
    c.namesIn("channels").forEach(name -> named.put(name, options(c, name)));
    ChannelCatalog channels =
        new ChannelCatalog(
            c.integer("channels.max"),
            c.integer("channels.backups"),
            ChannelOptions.DEFAULTS,
            named);
    return TrainingSettings.channel(c, channels);
  }

  private static ChannelOptions options(Config c, String name) {
    String channel = "channels." + name + ".";
    return new ChannelOptions(
        c.integer(channel + "capacity"),
        c.size(channel + "bytes"),
        c.find(channel + "ttl", Duration.class).map(Duration::toMillis).orElse(0L),
        (int) c.size(channel + "max-frame"),
        ChannelOptions.Slow.of(c.text(channel + "slow")),
        c.integer(channel + "lag"),
        c.integer(channel + "queue"),
        c.size(channel + "queue-bytes"),
        c.duration(channel + "idle").toMillis());
  }
}
