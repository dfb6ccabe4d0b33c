package io.busbar.bus.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Envelope;
import io.vertx.core.Context;
import io.vertx.core.Future;

/** What a lane needs of the world around it. All on the lane's own thread. */
public interface LaneIo {
  Context context();

  /** Whether the current thread is the lane's. */
  boolean onLane();

  /** Monotonic milliseconds; may stand still for one turn of the event loop. */
  long now();

  /** Runs the action after what is already waiting on this thread. */
  void later(Runnable action);

  /** Runs the action once, not before the delay in milliseconds. The result cancels it. */
  Runnable timer(long delay, Runnable action);

  /** Hands a message to the link; completes when the link took it, which is not delivery. */
  Future<Void> transmit(Endpoint to, Envelope envelope);

  /** No more messages in either direction. */
  Future<Void> close();
}
