package io.busbar.fnclient;

import io.vertx.core.Future;
import java.util.List;

/** Attaches Fn runners as workers. */
public final class RunnerWorkers {
  /**
   * Attaches a runner on each lane: one worker, one slot count. Nothing is dialled before the first
   * call or status. Fails with CONFLICT when a worker of that name is attached already; nothing is
   * left attached then.
   *
   * @param lanes of this node, at least one; the first is the worker's home
   */
  public static Future<RunnerHandle> attach(
      List<WorkerLane> lanes,
      RunnerTarget target,
      RunnerClientOptions options,
      RunnerObserver observer) {
    return new AttachedRunner(lanes, target, options, observer).attach();
  }

  private RunnerWorkers() {}
}
