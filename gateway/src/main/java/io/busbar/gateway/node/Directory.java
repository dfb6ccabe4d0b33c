package io.busbar.gateway.node;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.http.WorkerDirectory;
import io.busbar.registry.PoolSummary;
import io.busbar.registry.WorkerView;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The registry as the HTTP API reads it: of the pools those that the configuration names and those
 * that have workers or calls. A pool that is only built in, or that had a worker once, is not
 * shown.
 */
final class Directory implements WorkerDirectory {
  private final WorkerView view;
  private volatile Set<String> named;

  /**
   * @param named pools of the configuration
   */
  Directory(WorkerView view, Set<String> named) {
    this.view = view;
    this.named = Set.copyOf(named);
  }

  /** The configuration was read again. Any thread. */
  void replace(Set<String> newlyNamed) {
    named = Set.copyOf(newlyNamed);
  }

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
    Set<String> configured = named;
    configured.forEach(view::configured);
    return view.pools().stream()
        .filter(pool -> configured.contains(pool.name()) || inUse(pool))
        .toList();
  }

  private static boolean inUse(PoolSummary pool) {
    return pool.workers() > 0 || pool.waiting() > 0 || pool.running() > 0;
  }
}
