package io.busbar.call;

import java.util.Objects;

/**
 * One worker of one node.
 *
 * @param nodeId Vert.x node id of the node that holds it
 * @param workerId its id there
 */
public record WorkerRef(String nodeId, String workerId) {
  public WorkerRef {
    Objects.requireNonNull(nodeId, "nodeId");
    Objects.requireNonNull(workerId, "workerId");
  }
}
