package io.busbar.gateway.node;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.security.TlsPort;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.util.function.Supplier;

/**
 * A front side whose failure to listen names the keys that say where, and whose certificates are
 * renewed.
 *
 * @param server the front side's, asked once it listens
 * @param tls null = clear text
 */
record FrontPort(LaneMember front, Supplier<HttpServer> server, FrontSettings settings, TlsPort tls)
    implements LaneMember {
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
                tls.follow(server.get());
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
    if (tls != null && server.get() != null) {
      tls.forget(server.get());
    }
    return front.stop();
  }
}
