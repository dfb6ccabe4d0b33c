package io.busbar.bus;

import io.busbar.bus.impl.VertxLane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Opens lanes. */
public final class Lanes {
  private Lanes() {}

  /**
   * Opens a lane on the current context, which must be an event-loop context, and registers its
   * inbox. Completes when the inbox is known to the cluster.
   *
   * @param index of the lane on its node, 0 to 255; one lane per index and node
   * @param memory shared by the lanes of the node
   */
  public static Future<Lane> open(
      Vertx vertx,
      NodeIdentity node,
      int index,
      BusOptions options,
      MemoryBudget memory,
      BusObserver observer) {
    return VertxLane.open(vertx, node, index, options, memory, observer);
  }
}
