package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.BOOL;
import static io.busbar.gateway.config.Types.FILE;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.size;

/** Keys of the Fn runners that a pool's nodes dial. */
final class DialKeys {
  private DialKeys() {}

  static void define(KeyList k, String pool) {
    k.key(
        pool + "dns-interval",
        duration("1s", "24h"),
        "30s",
        "Longest time between two look-ups of pools.NAME.dns; SRV records may live for less.");
    health(k, pool + "health.");
    dial(k, pool + "dial.");
    tls(k, pool + "tls.");
  }

  private static void health(KeyList k, String health) {
    k.key(
        health + "failures",
        integer(1, 1000, "failures"),
        "5",
        "Failures in a row after which a runner gets no calls.");
    k.key(
        health + "lies",
        integer(1, 1000, "answers"),
        "3",
        "Answers against the protocol within a minute, likewise.");
    k.key(
        health + "eject",
        duration("10ms", "1h"),
        "1s",
        "How long it gets no calls the first time; doubles each time in a row.");
    k.key(
        health + "max-eject",
        duration("10ms", "24h"),
        "2m",
        "Longest time without calls while its Status is good.");
    k.key(
        health + "ramp",
        duration("0", "1h"),
        "10s",
        "Time in which its share grows from a tenth to the whole after its return.");
    k.key(
        health + "status-interval",
        duration("0", "1h"),
        "10s",
        "Mean time between two Status questions to a runner; 0 = never asked.");
    k.key(
        health + "status-timeout",
        duration("10ms", "5m"),
        "5s",
        "Patience for the answer to a Status question.");
  }

  private static void dial(KeyList k, String dial) {
    k.key(
        dial + "connections",
        integer(1, 1000, "connections"),
        "4",
        "Most connections to one runner from one event loop.");
    k.key(
        dial + "connect-timeout",
        duration("10ms", "5m"),
        "2s",
        "Longest wait for a connection to a runner.");
    k.key(
        dial + "backoff",
        duration("1ms", "1m"),
        "100ms",
        "Pause after a dial that failed; doubles with each in a row.");
    k.key(dial + "max-backoff", duration("1ms", "1h"), "10s", "Longest such pause.");
    k.key(
        dial + "idle",
        duration("0", "24h"),
        "5m",
        "A connection without calls for so long is closed; 0 = never.");
    k.key(
        dial + "keepalive",
        duration("0", "24h"),
        "0",
        "A silent connection with calls is pinged after so long; 0 = never. Stock runners cut off"
            + " who pings more often than every 5m.");
    k.key(
        dial + "keepalive-timeout",
        duration("10ms", "1h"),
        "20s",
        "A runner that does not answer a ping for so long is lost.");
    k.key(
        dial + "max-message",
        size("16KiB", "64MiB"),
        "4MiB",
        "Largest gRPC message taken from a runner.");
  }

  private static void tls(KeyList k, String tls) {
    k.key(tls + "enabled", BOOL, "false", "Runners of this pool are dialled with TLS.");
    k.open(
        tls + "ca",
        FILE,
        "the JVM's",
        "Authorities that may have signed a runner's certificate, PEM.");
    k.open(tls + "cert", FILE, "none", "Certificate shown to runners, PEM; needs tls.key.");
    k.open(tls + "key", FILE, "none", "Its private key, PEM.");
    k.key(
        tls + "verify-host",
        BOOL,
        "true",
        "A runner's certificate must name the host as configured.");
  }
}
