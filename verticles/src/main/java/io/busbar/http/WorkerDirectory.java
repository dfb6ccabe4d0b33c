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
