package io.busbar.http;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.registry.PoolSummary;
import java.util.List;
import java.util.Optional;

/** A directory of a stage without workers. */
final class NoWorkers implements WorkerDirectory {
  @Override
  public List<WorkerInfo> workers() {
    return List.of();
  }

  @Override
  public Optional<WorkerInfo> worker(String id) {
    return Optional.empty();
  }

  @Override
  public List<PoolSummary> pools() {
    return List.of();
  }
}
