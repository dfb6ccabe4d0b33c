package io.busbar.gateway.node;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.http.WorkerDirectory;
import io.busbar.registry.WorkerView;
import java.util.Collection;

/** The registry as the HTTP API reads it. */
record Directory(WorkerView view, PoolCatalog catalog) implements WorkerDirectory {
  @Override
  public Collection<WorkerInfo> workers() {
    return view.all();
  }

  @Override
  public WorkerInfo worker(String id) {
    for (WorkerInfo worker : view.all()) {
      if (worker.getWorkerId().equals(id)) {
        return worker;
      }
    }
    return null;
  }

  @Override
  public Collection<String> pools() {
    return catalog.all().keySet();
  }
}
