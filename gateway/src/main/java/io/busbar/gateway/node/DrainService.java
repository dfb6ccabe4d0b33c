package io.busbar.gateway.node;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.Empty;
import io.busbar.member.NodeServices;
import io.vertx.core.Future;

/** Lets other nodes, and so every API, ask this node to drain and end. */
final class DrainService implements LaneMember {
  private final Runnable begin;

  /**
   * @param begin starts the drain on another thread; harmless when it was started before
   */
  DrainService(Runnable begin) {
    this.begin = begin;
  }

  @Override
  public Future<?> start(Lane lane) {
    lane.serve(
        NodeServices.DRAIN,
        question -> {
          begin.run();
          return Future.succeededFuture(Empty.getDefaultInstance());
        });
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return Future.succeededFuture();
  }
}
