package io.busbar.plugin.host;

import io.busbar.worker.WorkerAdapter;
import io.vertx.core.Future;

/** The instances of one plugin on one node, in one of the two ways to run them. */
sealed interface Instances permits LoopInstances, ThreadInstances {
  /** Starts all; fails with what the first one threw. */
  Future<Void> start();

  /** The worker side for one lane. On that lane. */
  WorkerAdapter adapter(HostLane lane);

  /**
   * Asks some instance how it is: null = well. Any thread.
   *
   * @param onStart run, on any thread, when the plugin is really asked
   */
  Future<String> health(Runnable onStart);

  /** How many calls can be taken at once. */
  int capacity();

  /**
   * Lets each hand over what it owns; completes when all have, also those that fail. Given up ones
   * are left out.
   */
  Future<Void> drain();

  /** Stops all; does not wait for stuck ones longer than the options say. */
  Future<Void> stop();
}
