package io.busbar.bus;

/**
 * One lane of one node: where an inbox is.
 *
 * @param node Vert.x node id, new at each start of the node
 * @param lane 0 to the node's number of lanes - 1
 */
public record Endpoint(String node, int lane) {
  /** Compared several times for each call: without the detour that records take. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Endpoint that && lane == that.lane && node.equals(that.node));
  }

  @Override
  public int hashCode() {
    return 31 * node.hashCode() + lane;
  }
}
