package io.busbar;

import io.busbar.BusbarOptions.BusSocket;
import io.busbar.BusbarOptions.BusTls;
import io.busbar.bus.BusOptions;
import io.busbar.failure.Failure;
import io.busbar.member.ClusterConfig;
import io.busbar.plugin.host.HostOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@link BusbarOptions} from JSON; refuses what it does not know. */
final class OptionsReader {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h)");
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,12})(B|KiB|MiB|GiB)?");
  private static final Map<String, Long> UNITS =
      Map.of(
          "ms",
          1L,
          "s",
          1000L,
          "m",
          60_000L,
          "h",
          3_600_000L,
          "B",
          1L,
          "KiB",
          1L << 10,
          "MiB",
          1L << 20,
          "GiB",
          1L << 30);

  private final JsonObject config;

  OptionsReader(JsonObject config) {
    this.config = config;
  }

  BusbarOptions read() {
    Block root = new Block("", config);
    Block node = root.block("node");
    Block cluster = root.block("cluster");
    Block bus = root.block("bus");
    Block host = root.block("plugin-host");
    JsonObject plugins = root.json("plugins");
    root.done();
    long lostAfter = cluster.duration("lost-after", 15_000);
    BusbarOptions options =
        new BusbarOptions(
            new ClusterConfig(
                cluster.text("name", "busbar"),
                cluster.text("host", "127.0.0.1"),
                cluster.number("port", 0),
                cluster.text("public-address", ""),
                cluster.texts("join"),
                true,
                lostAfter,
                0,
                node.text("name", null)),
            socket(bus),
            limits(bus, lostAfter),
            node.number("lanes", 1),
            cluster.flag("trusted-network"),
            node.duration("drain-timeout", 30_000),
            host(host),
            plugins);
    host.done();
    node.done();
    cluster.done();
    bus.done();
    return options;
  }

  private static HostOptions host(Block host) {
    HostOptions preset = HostOptions.DEFAULTS;
    return preset
        .withStart(host.duration("start-timeout", preset.startMillis()))
        .withStuckAfter(host.duration("stuck-after", preset.stuckAfterMillis()))
        .withMaxStuck(host.number("max-stuck", preset.maxStuck()));
  }

  private static BusSocket socket(Block bus) {
    Block tls = bus.block("tls");
    BusTls files = null;
    if (!tls.isEmpty()) {
      files = new BusTls(tls.text("cert", null), tls.text("key", null), tls.text("ca", null));
      tls.done();
    }
    return new BusSocket(
        bus.text("host", "127.0.0.1"),
        bus.number("port", 0),
        bus.text("public-host", ""),
        bus.number("public-port", 0),
        files);
  }

  private static BusOptions limits(Block bus, long lostAfter) {
    BusOptions preset = BusOptions.DEFAULTS;
    return new BusOptions(
        (int) bus.size("frame", preset.frame()),
        (int) bus.size("stream-window", preset.streamWindow()),
        bus.size("peer-window", preset.peerWindow()),
        bus.size("memory", preset.memory()),
        bus.duration("probe", preset.probeMillis()),
        lostAfter,
        (int) bus.size("ahead", preset.ahead()));
  }

  /** One block; remembers which keys were asked for. */
  private static final class Block {
    private final String prefix;
    private final JsonObject values;
    private final Set<String> known = new HashSet<>();

    Block(String prefix, JsonObject values) {
      this.prefix = prefix;
      this.values = values;
    }

    boolean isEmpty() {
      return values.isEmpty();
    }

    private Object value(String key) {
      known.add(key);
      return values.getValue(key);
    }

    private IllegalArgumentException bad(String key, Object value, String expected) {
      String shown = value == null ? "nothing" : "'" + Failure.shorten(value.toString(), 60) + "'";
      return new IllegalArgumentException(prefix + key + ": " + shown + ", expected " + expected);
    }

    JsonObject json(String key) {
      Object value = value(key);
      if (value == null) {
        return new JsonObject();
      }
      if (value instanceof JsonObject block) {
        return block;
      }
      throw bad(key, value, "a block");
    }

    Block block(String key) {
      return new Block(prefix + key + ".", json(key));
    }

    String text(String key, String preset) {
      Object value = value(key);
      if (value == null && preset != null) {
        return preset;
      }
      if (value instanceof String text) {
        return text;
      }
      throw bad(key, value, "a text");
    }

    List<String> texts(String key) {
      Object value = value(key);
      List<String> all = new ArrayList<>();
      if (value == null) {
        return all;
      }
      if (!(value instanceof JsonArray array)) {
        throw bad(key, value, "a list of texts");
      }
      for (Object one : array) {
        if (!(one instanceof String text)) {
          throw bad(key, one, "a text");
        }
        all.add(text);
      }
      return all;
    }

    int number(String key, int preset) {
      Object value = value(key);
      if (value == null) {
        return preset;
      }
      if (value instanceof Integer number) {
        return number;
      }
      throw bad(key, value, "a whole number");
    }

    boolean flag(String key) {
      Object value = value(key);
      if (value == null || value instanceof Boolean) {
        return Boolean.TRUE.equals(value);
      }
      throw bad(key, value, "true or false");
    }

    long duration(String key, long preset) {
      return measure(key, preset, DURATION, "a duration such as 500ms, 30s or 5m");
    }

    long size(String key, long preset) {
      return measure(key, preset, SIZE, "a size such as 64KiB or 4MiB");
    }

    private long measure(String key, long preset, Pattern pattern, String expected) {
      Object value = value(key);
      if (value == null) {
        return preset;
      }
      Matcher matcher = pattern.matcher(value.toString());
      if (!matcher.matches()) {
        throw bad(key, value, expected);
      }
      String unit = matcher.group(2);
      return Long.parseLong(matcher.group(1)) * (unit == null ? 1 : UNITS.get(unit));
    }

    void done() {
      for (String key : values.fieldNames()) {
        if (!known.contains(key)) {
          throw new IllegalArgumentException(
              prefix + key + ": no such key, expected one of " + known.stream().sorted().toList());
        }
      }
    }
  }
}
