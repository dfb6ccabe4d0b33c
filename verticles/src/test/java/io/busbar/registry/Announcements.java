package io.busbar.registry;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes into a view what nodes would announce, in the right versions. */
public final class Announcements {
  private final WorkerView view;
  private final Map<String, Long> versions = new HashMap<>();

  public Announcements(WorkerView view) {
    this.view = view;
  }

  public static WorkerInfo worker(String node, String id, String pool, int capacity) {
    return WorkerInfo.newBuilder()
        .setWorkerId(id)
        .setPool(pool)
        .setNode(node)
        .setNodeId(node)
        .setCapacity(capacity)
        .setIncarnation(1)
        .setStatus(WorkerStatus.WORKER_IDLE)
        .build();
  }

  public void node(String node, int lanes, boolean draining) {
    view.describe(
        NodeInfo.newBuilder()
            .setNodeId(node)
            .setName(node)
            .setLanes(lanes)
            .setDraining(draining)
            .build());
  }

  public void say(WorkerInfo... workers) {
    say(List.of(workers));
  }

  public void say(List<WorkerInfo> workers) {
    WorkerInfo first = workers.get(0);
    view.apply(next(first.getNodeId(), first.getLane()).addAllWorkers(workers).build());
  }

  public void remove(String node, int lane, String id) {
    view.apply(next(node, lane).addRemoved(id).build());
  }

  public void left(String node) {
    view.left(node);
  }

  private WorkerChanged.Builder next(String node, int lane) {
    return WorkerChanged.newBuilder()
        .setNodeId(node)
        .setLane(lane)
        .setVersion(versions.merge(node + "/" + lane, 1L, Long::sum));
  }
}
