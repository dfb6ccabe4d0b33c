package io.busbar.gateway.node;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.http.WorkerDirectory;
import io.busbar.registry.PoolSummary;
import io.busbar.registry.WorkerView;
import java.util.List;
import java.util.Optional;

/** The registry as the HTTP API reads it, with the configured pools that have no worker yet. */
record Directory(WorkerView view, PoolCatalog catalog) implements WorkerDirectory {
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
    catalog.all().keySet().forEach(view::configured);
    return view.pools();
  }
}
