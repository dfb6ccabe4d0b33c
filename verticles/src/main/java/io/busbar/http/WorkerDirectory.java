package io.busbar.http;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.PoolSummary;
import io.busbar.registry.WorkerView;
import java.util.List;
import java.util.Optional;

/** The pools and workers of the cluster as this node sees them. Read on any lane, never blocks. */
public interface WorkerDirectory {
  /** All workers, by id. */
  List<WorkerInfo> workers();

  /**
   * A part of them, by id.
   *
   * @param pool of this pool only, null = of all
   * @param after ids after this one, "" = from the first
   * @param limit at most so many
   */
  default List<WorkerInfo> page(String pool, String after, int limit) {
    return workers().stream()
        .filter(w -> pool == null || w.getPool().equals(pool))
        .filter(w -> w.getWorkerId().compareTo(after) > 0)
        .limit(limit)
        .toList();
  }

  Optional<WorkerInfo> worker(String id);

  /** All pools that are configured or have workers or calls, by name. */
  List<PoolSummary> pools();

  /** The directory of a node. */
  static WorkerDirectory of(WorkerView view) {
    return new WorkerDirectory() {
      @Override
      public List<WorkerInfo> workers() {
        return view.all();
      }

      @Override
      public List<WorkerInfo> page(String pool, String after, int limit) {
        return view.page(pool, after, limit);
      }

      @Override
      public Optional<WorkerInfo> worker(String id) {
        return view.byId(id);
      }

      @Override
      public List<PoolSummary> pools() {
        return view.pools();
      }
    };
  }
}
