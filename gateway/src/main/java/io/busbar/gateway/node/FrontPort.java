package io.busbar.gateway.node;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.gateway.config.FrontSettings;
import io.vertx.core.Future;

/** A front side whose failure to listen names the keys that say where. */
record FrontPort(LaneMember front, FrontSettings settings) implements LaneMember {
  @Override
  public Future<?> start(Lane lane) {
    return front
        .start(lane)
        .transform(
            done ->
                done.succeeded()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        StartFailure.listen(
                            settings.front().key() + ".host",
                            settings.host(),
                            settings.front().key() + ".port",
                            settings.port(),
                            done.cause())));
  }

  @Override
  public Future<?> drain() {
    return front.drain();
  }

  @Override
  public Future<?> stop() {
    return front.stop();
  }
}
