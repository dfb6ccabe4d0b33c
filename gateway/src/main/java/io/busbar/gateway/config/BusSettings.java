package io.busbar.gateway.config;

import io.busbar.bus.BusOptions;
import io.busbar.security.TlsFiles;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code bus.*}.
 *
 * @param publicPort empty = the port that was opened
 * @param tls mutual TLS between nodes, empty = clear text
 */
public record BusSettings(
    String host,
    int port,
    Optional<String> publicHost,
    Optional<Integer> publicPort,
    Optional<TlsFiles> tls,
    BusOptions options) {
  static BusSettings of(Config c) {
    return new BusSettings(
        c.text("bus.host"),
        c.integer("bus.port"),
        c.find("bus.public-host", String.class),
        c.find("bus.public-port", Integer.class),
        tls(c),
        new BusOptions(
            (int) c.size("bus.frame"),
            (int) c.size("bus.stream-window"),
            c.size("bus.peer-window"),
            c.size("bus.memory"),
            c.duration("bus.probe").toMillis(),
            c.duration("cluster.lost-after").toMillis(),
            (int) c.size("bus.ahead")));
  }

  private static Optional<TlsFiles> tls(Config c) {
    return c.find("bus.tls.cert", Path.class)
        .map(
            cert ->
                new TlsFiles(
                    cert,
                    c.path("bus.tls.key"),
                    c.path("bus.tls.ca"),
                    TlsFiles.ClientCertificate.REQUIRED));
  }
}
