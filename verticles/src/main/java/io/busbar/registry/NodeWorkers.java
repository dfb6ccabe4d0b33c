package io.busbar.registry;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one node's lanes announced of their workers, with the versions. Used by the writer of the
 * view only.
 */
final class NodeWorkers {
  private final String nodeId;
  private final Map<Integer, Long> versions = new HashMap<>();

  /** worker id -> announcing lane -> what that lane said. */
  private final Map<String, TreeMap<Integer, WorkerInfo>> byWorker = new HashMap<>();

  /** Lanes of the node; 0 until the node said what it is. */
  private int lanes;

  private boolean draining;

  NodeWorkers(String nodeId) {
    this.nodeId = nodeId;
  }

  /** What became of an announcement. */
  enum Result {
    APPLIED,
    /** Applied, but messages before it are missing: the lane's full list is needed. */
    HOLE,
    /** Older than what is known. */
    STALE
  }

  /** Takes an announcement in; adds the ids of the workers it is about to {@code touched}. */
  Result apply(WorkerChanged message, Set<String> touched) {
    int lane = message.getLane();
    Long known = versions.get(lane);
    long version = message.getVersion();
    if (message.getFull()) {
      if (known != null && version < known) {
        return Result.STALE;
      }
      versions.put(lane, version);
      replace(message, touched);
      return Result.APPLIED;
    }
    if (known != null && version <= known) {
      return Result.STALE;
    }
    // The first message of a lane has version 1; any other start means that some were missed.
    boolean hole = known == null ? version > 1 : version > known + 1;
    versions.put(lane, version);
    message.getWorkersList().forEach(info -> put(lane, info, touched));
    message.getRemovedList().forEach(id -> remove(lane, id, touched));
    return hole ? Result.HOLE : Result.APPLIED;
  }

  private void replace(WorkerChanged message, Set<String> touched) {
    int lane = message.getLane();
    Set<String> named = new HashSet<>();
    for (WorkerInfo info : message.getWorkersList()) {
      named.add(info.getWorkerId());
      put(lane, info, touched);
    }
    List<String> gone = new ArrayList<>();
    byWorker.forEach(
        (id, said) -> {
          if (said.containsKey(lane) && !named.contains(id)) {
            gone.add(id);
          }
        });
    gone.forEach(id -> remove(lane, id, touched));
  }

  private void put(int lane, WorkerInfo info, Set<String> touched) {
    byWorker.computeIfAbsent(info.getWorkerId(), id -> new TreeMap<>()).put(lane, info);
    touched.add(info.getWorkerId());
  }

  private void remove(int lane, String id, Set<String> touched) {
    TreeMap<Integer, WorkerInfo> said = byWorker.get(id);
    if (said != null && said.remove(lane) != null) {
      touched.add(id);
      if (said.isEmpty()) {
        byWorker.remove(id);
      }
    }
  }

  /** The node said what it is; true if that changes where its workers are or whether they take. */
  boolean describe(int newLanes, boolean newDraining) {
    boolean changed = lanes != newLanes || draining != newDraining;
    lanes = newLanes;
    draining = newDraining;
    return changed;
  }

  int lanes() {
    return lanes;
  }

  /** Version of the last announcement of a lane; 0 = none. */
  long version(int lane) {
    return versions.getOrDefault(lane, 0L);
  }

  boolean draining() {
    return draining;
  }

  Set<String> workerIds() {
    return byWorker.keySet();
  }

  /** What its lanes say of a worker, by lane; null = nothing. */
  Map<Integer, WorkerInfo> said(String workerId) {
    return byWorker.get(workerId);
  }

  /** The lanes that take offers for a worker. */
  WorkerCell.Place[] places(Map<Integer, WorkerInfo> said) {
    TreeMap<Integer, WorkerCell.Place> places = new TreeMap<>();
    said.forEach(
        (lane, info) -> {
          if (!takesOffers(info)) {
            return;
          }
          places.put(lane, place(lane, info));
          if (info.getEveryLane()) {
            for (int other = 0; other < lanes; other++) {
              if (!said.containsKey(other)) {
                places.put(other, place(other, info));
              }
            }
          }
        });
    return places.values().toArray(WorkerCell.Place[]::new);
  }

  private WorkerCell.Place place(int lane, WorkerInfo info) {
    return new WorkerCell.Place(new Endpoint(nodeId, lane), info.getIncarnation());
  }

  private static boolean takesOffers(WorkerInfo info) {
    return info.getStatus() != WorkerStatus.WORKER_DRAINING
        && info.getStatus() != WorkerStatus.WORKER_UNHEALTHY;
  }
}
