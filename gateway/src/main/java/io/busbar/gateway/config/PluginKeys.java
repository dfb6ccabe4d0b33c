package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;

import io.busbar.plugin.host.HostOptions;

/** Keys of the host that plugins run in; {@code plugins} itself is a list of them. */
final class PluginKeys {

  private PluginKeys() {}

  static void define(KeyList k) {
    k.key(
        "plugin-host.start-timeout",
        duration("1s", "10m"),
        "1m",
        "How long the instances of a plugin may take to start.");
    k.key(
        "plugin-host.stuck-after",
        duration("100ms", "24h"),
        "1m",
        "An instance that goes on with a call for so long after the call's end is replaced.");
    k.key(
        "plugin-host.max-stuck",
        integer(0, 1024, "instances"),
        "16",
        "Instances of a plugin given up at one time, each of which keeps its thread.");
  }

  static HostOptions options(Config c) {
    return HostOptions.DEFAULTS
        .withStart(c.duration("plugin-host.start-timeout").toMillis())
        .withStuckAfter(c.duration("plugin-host.stuck-after").toMillis())
        .withMaxStuck(c.integer("plugin-host.max-stuck"));
  }
}
