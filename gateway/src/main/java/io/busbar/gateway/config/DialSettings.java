package io.busbar.gateway.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the runners of a pool are dialled and judged: {@code pools.NAME.health.*}, {@code dial.*} and
 * {@code tls.*}.
 *
 * @param tls empty = clear text
 */
public record DialSettings(
    Duration dnsInterval, Health health, Dial dial, Optional<ClientTls> tls) {

  /** {@code pools.NAME.health.*}. */
  public record Health(
      int failures,
      int lies,
      Duration eject,
      Duration maxEject,
      Duration ramp,
      Duration statusInterval,
      Duration statusTimeout) {}

  /** {@code pools.NAME.dial.*}. */
  public record Dial(
      int connections,
      Duration connectTimeout,
      Duration backoff,
      Duration maxBackoff,
      Duration idle,
      Duration keepalive,
      Duration keepaliveTimeout,
      long maxMessage) {}

  /** {@code pools.NAME.tls.*}. */
  public record ClientTls(
      Optional<Path> ca, Optional<Path> cert, Optional<Path> key, boolean verifyHost) {}

  static DialSettings of(Config c, String pool) {
    String health = pool + "health.";
    String dial = pool + "dial.";
    String tls = pool + "tls.";
    return new DialSettings(
        c.duration(pool + "dns-interval"),
        new Health(
            c.integer(health + "failures"),
            c.integer(health + "lies"),
            c.duration(health + "eject"),
            c.duration(health + "max-eject"),
            c.duration(health + "ramp"),
            c.duration(health + "status-interval"),
            c.duration(health + "status-timeout")),
        new Dial(
            c.integer(dial + "connections"),
            c.duration(dial + "connect-timeout"),
            c.duration(dial + "backoff"),
            c.duration(dial + "max-backoff"),
            c.duration(dial + "idle"),
            c.duration(dial + "keepalive"),
            c.duration(dial + "keepalive-timeout"),
            c.size(dial + "max-message")),
        c.flag(tls + "enabled")
            ? Optional.of(
                new ClientTls(
                    c.find(tls + "ca", Path.class),
                    c.find(tls + "cert", Path.class),
                    c.find(tls + "key", Path.class),
                    c.flag(tls + "verify-host")))
            : Optional.empty());
  }
}
