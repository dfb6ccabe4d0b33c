package io.busbar.runners;

import io.vertx.core.Future;
import java.util.List;

/** Finds all runners behind a name. */
@FunctionalInterface
public interface RunnerResolver {
  /**
   * Called on the first lane, completes there. Fails when the name is not found.
   *
   * @param name a host whose addresses are runners at that port; with port 0 a name whose SRV
   *     records are runners
   */
  Future<List<RunnerAddress>> runners(RunnerAddress name);
}
