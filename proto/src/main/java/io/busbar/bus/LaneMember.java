package io.busbar.bus;

import io.vertx.core.Future;

/**
 * Something that lives on a lane: a front side, the dispatcher, an adapter. One object per lane,
 * all on the lane's context. Members of a lane meet only through the bus and the client APIs.
 */
public interface LaneMember {
  /** Starts on the lane; called on its context. */
  Future<?> start(Lane lane);

  /**
   * Takes nothing new; completes when what was running has ended. The caller sets the time limit.
   */
  default Future<?> drain() {
    return Future.succeededFuture();
  }

  /** Ends at once what is still there. */
  Future<?> stop();
}
