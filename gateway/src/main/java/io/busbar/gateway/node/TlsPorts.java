package io.busbar.gateway.node;

import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.Front;
import io.busbar.security.TlsFileException;
import io.busbar.security.TlsObserver;
import io.busbar.security.TlsPort;
import io.busbar.security.TlsReloader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of the node's ports: read at the start, followed afterwards. */
final class TlsPorts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsPorts.class);

  private final Map<Front, TlsPort> ports = new EnumMap<>(Front.class);
  private final TlsReloader reloader;

  private TlsPorts(TlsReloader reloader) {
    this.reloader = reloader;
  }

  /** Reads the files of every enabled port. Blocks; throws {@link StartFailure}. */
  static TlsPorts open(Config config, MeterRegistry meters) {
    boolean any = false;
    for (Front front : Front.values()) {
      any |= config.front(front).enabled() && config.front(front).tls().isPresent();
    }
    if (!any) {
      return new TlsPorts(null);
    }
    try {
      TlsPorts tls = new TlsPorts(new TlsReloader(new Meters(meters)));
      tls.openAll(config, meters);
      return tls;
    } catch (IOException e) {
      throw new StartFailure("security.tls: certificate files cannot be watched: " + e, e);
    }
  }

  private void openAll(Config config, MeterRegistry meters) throws IOException {
    for (Front front : Front.values()) {
      if (config.front(front).enabled() && config.front(front).tls().isPresent()) {
        try {
          TlsPort port = reloader.open(front.key(), config.front(front).tls().get());
          ports.put(front, port);
          Gauge.builder(
                  "busbar.tls.expires.seconds",
                  port,
                  read -> Duration.between(Instant.now(), read.material().expires()).toSeconds())
              .tag("port", front.key())
              .strongReference(true)
              .register(meters);
        } catch (TlsFileException e) {
          close();
          throw new StartFailure("security.tls." + front.key() + ": " + e.getMessage(), e);
        }
      }
    }
  }

  /** Null = clear text. */
  TlsPort port(Front front) {
    return ports.get(front);
  }

  UnaryOperator<HttpServerOptions> customizer(Front front) {
    TlsPort port = ports.get(front);
    return port == null ? UnaryOperator.identity() : port::applyTo;
  }

  @Override
  public void close() throws IOException {
    if (reloader != null) {
      reloader.close();
    }
  }

  private record Meters(MeterRegistry registry) implements TlsObserver {
    @Override
    public void reloaded(String port, Instant expires) {
      LOG.info("{}: new certificate in use, valid until {}", port, expires);
      count(port, "reloaded");
    }

    @Override
    public void refused(String port, String why) {
      LOG.warn("{}: new certificate refused, the old one stays in use: {}", port, why);
      count(port, "refused");
    }

    private void count(String port, String result) {
      Counter.builder("busbar.tls.reloads")
          .tag("port", port)
          .tag("result", result)
          .register(registry)
          .increment();
    }
  }
}
