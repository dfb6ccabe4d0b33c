package io.busbar.runners;

import io.busbar.fnclient.RunnerHandle;
import io.busbar.fnclient.RunnerObserver;
import io.vertx.core.Future;

/** Attaches runners as workers of this node. */
@FunctionalInterface
public interface RunnerDialler {
  /** Called on the first lane; completes there. */
  Future<RunnerHandle> attach(RunnerKey key, PoolRunners options, RunnerObserver observer);
}
