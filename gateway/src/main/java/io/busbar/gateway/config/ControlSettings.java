package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;
import static io.busbar.gateway.config.Types.text;

import io.busbar.websocket.control.ControlOptions;

/** {@code control.*}: the keys, and what they say. */
final class ControlSettings {
  private static final KeyType COUNT = integer(1, 10_000_000, "");

  private ControlSettings() {}

  static void define(KeyList k) {
    ServiceKeys.keys(k, "control");
    k.key("control.enabled", BOOL, "true", "Takes connections at /ws/control.");
    k.key(
        "control.target",
        text("name", "a target's name", "[A-Za-z0-9][A-Za-z0-9._-]{0,127}"),
        "training",
        "Command target that does what a client of /ws/control asks for.");
    k.key(
        "control.origins",
        new ListType(
            text("origin", "scheme://host:port", "https?://[A-Za-z0-9._:\\[\\]-]{1,260}"), 256),
        "[\"http://localhost:8050\", \"https://localhost:8050\", \"http://127.0.0.1:8050\","
            + " \"https://127.0.0.1:8050\"]",
        "Origins that may connect, a missing one may not; empty = any may.");
    k.key("control.max-per-identity", COUNT, "5", "Connections of one key at once.");
    k.key(
        "control.max-rejections",
        integer(1, 1_000_000, "connections"),
        "10",
        "Connections refused to an address within the window after which it is shut out.");
    k.key("control.rejection-window", duration("1s", "24h"), "60s", "That window.");
    k.key("control.cooldown", duration("1s", "24h"), "5m", "How long it is shut out.");
    k.key("control.heartbeat", duration("0", "1h"), "30s", "Pause between pings; 0 = none.");
    k.key(
        "control.pong-timeout",
        duration("1s", "1h"),
        "10s",
        "A client silent for this long after a ping is closed.");
    k.key(
        "control.idle-timeout",
        duration("0", "24h"),
        "2m",
        "A client silent for this long is closed; 0 = never.");
    k.key(
        "control.max-text",
        integer(256, 1_000_000, "characters"),
        "65536",
        "Characters of one message from a client.");
    k.key(
        "control.max-message",
        size("1KiB", "16MiB"),
        "16MiB",
        "Bytes of one message from a client; above, it is closed with 1009.");
    k.key(
        "control.rate",
        integer(1, 1_000_000, "commands"),
        "10",
        "Commands of one connection per second.");
    k.key(
        "control.burst",
        integer(1, 1_000_000, "commands"),
        "10",
        "Commands that may come at once.");
    k.key("control.start-timeout", duration("10ms", "1h"), "10s", "Time limit of start.");
    k.key(
        "control.command-timeout",
        duration("10ms", "1h"),
        "2s",
        "Time limit of stop, pause, resume and reset.");
    k.key("control.params-timeout", duration("10ms", "1h"), "1s", "Time limit of set_params.");
  }

  static ControlOptions options(Config c) {
    return new ControlOptions(
        c.flag("control.enabled"),
        c.text("control.target"),
        new ControlOptions.Gates(
            c.list("control.api-keys", String.class),
            c.list("control.origins", String.class),
            c.integer("control.max-per-identity"),
            c.integer("control.max-rejections"),
            c.duration("control.rejection-window"),
            c.duration("control.cooldown")),
        new ControlOptions.Times(
            c.duration("control.heartbeat"),
            c.duration("control.pong-timeout"),
            c.duration("control.idle-timeout"),
            c.duration("control.start-timeout"),
            c.duration("control.command-timeout"),
            c.duration("control.params-timeout")),
        new ControlOptions.Sizes(
            c.integer("control.max-text"),
            (int) c.size("control.max-message"),
            c.integer("control.rate"),
            c.integer("control.burst")));
  }
}
