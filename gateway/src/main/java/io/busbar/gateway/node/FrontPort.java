package io.busbar.gateway.node;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.security.TlsPort;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.ServerSSLOptions;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A front side whose failure to listen names the keys that say where, and whose certificates are
 * renewed.
 *
 * @param update gives the front side new options of TLS, once it listens
 * @param tls null = clear text
 */
record FrontPort(
    LaneMember front,
    Function<ServerSSLOptions, Future<Boolean>> update,
    FrontSettings settings,
    TlsPort tls)
    implements LaneMember {
  /** A front side over Vert.x's HTTP; its server is asked once it listens. */
  static FrontPort http(
      LaneMember front, Supplier<HttpServer> server, FrontSettings settings, TlsPort tls) {
    return new FrontPort(
        front, options -> server.get().updateSSLOptions(options, true), settings, tls);
  }

  @Override
  public Future<?> start(Lane lane) {
    return front
        .start(lane)
        .transform(
            done -> {
              if (done.failed()) {
                return Future.failedFuture(failure(done.cause()));
              }
              if (tls != null) {
                tls.follow(front, update);
              }
              return Future.succeededFuture();
            });
  }

  private StartFailure failure(Throwable cause) {
    String key = settings.front().key();
    return StartFailure.listen(
        key + ".host", settings.host(), key + ".port", settings.port(), cause);
  }

  @Override
  public Future<?> drain() {
    return front.drain();
  }

  @Override
  public Future<?> stop() {
    if (tls != null) {
      tls.forget(front);
    }
    return front.stop();
  }
}
