package io.busbar.gateway.config;

import io.busbar.security.TlsFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One port that clients or peers connect to.
 *
 * @param host "" for the Unix socket of {@link Front#RPC}
 * @param port 0 = any free one; {@link Front#FN_LB} is off then
 * @param tls empty = clear text
 * @param insecure the user allowed it to be open to others without protection
 * @param limits null for {@link Front#RPC}
 */
public record FrontSettings(
    Front front,
    boolean enabled,
    boolean insecure,
    String host,
    int port,
    Optional<TlsFiles> tls,
    Limits limits) {

  /**
   * What one port takes.
   *
   * @param maxConnections open at once
   * @param maxStreams requests open at once on one HTTP/2 connection
   * @param maxHeaderBytes bytes of all headers of a request
   * @param maxBody bytes of a request body, 0 = no limit
   * @param progressTimeout a peer that owes bytes, or takes none, for this long is cut off
   * @param idleTimeout a connection without requests is closed after this long
   */
  public record Limits(
      int maxConnections,
      int maxStreams,
      int maxHeaderBytes,
      long maxBody,
      Duration progressTimeout,
      Duration idleTimeout) {}

  static FrontSettings of(Config c, Front front) {
    String key = front.key();
    boolean enabled = isOpen(c, front);
    boolean insecure = c.flag(key + ".insecure");
    if (front == Front.RPC) {
      return new FrontSettings(front, enabled, insecure, "", 0, Optional.empty(), null);
    }
    return new FrontSettings(
        front,
        enabled,
        insecure,
        c.text(key + ".host"),
        c.integer(key + ".port"),
        tls(c, "security.tls." + key),
        new Limits(
            c.integer(key + ".max-connections"),
            c.integer(key + ".max-streams"),
            (int) c.size(key + ".max-header-bytes"),
            Keys.ALL.find(key + ".max-body") == null ? 0 : c.size(key + ".max-body"),
            c.duration(key + ".progress-timeout"),
            c.duration(key + ".idle-timeout")));
  }

  /** Whether the port is to be opened. */
  static boolean isOpen(Config c, Front front) {
    return c.flag(front.key() + ".enabled")
        && (front != Front.FN_LB || c.integer(front.key() + ".port") != 0);
  }

  private static Optional<TlsFiles> tls(Config c, String prefix) {
    return c.find(prefix + ".cert", Path.class)
        .map(
            cert ->
                new TlsFiles(
                    cert,
                    c.path(prefix + ".key"),
                    c.find(prefix + ".ca", Path.class).orElse(null),
                    TlsFiles.ClientCertificate.valueOf(
                        c.text(prefix + ".client-auth").toUpperCase(Locale.ROOT))));
  }
}
