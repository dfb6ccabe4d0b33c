package io.busbar.fnclient;

import io.busbar.fn.wire.RunnerStatus;
import io.vertx.core.Future;

/** A runner that is attached as a worker on the lanes of this node. Any thread. */
public interface RunnerHandle {
  RunnerTarget target();

  /** Id of the worker in the registry. */
  String workerId();

  /** Calls that hold a slot now, of all lanes. */
  int running();

  int capacity();

  /** Calls at once from this node from now on; running calls are not touched. At least 1. */
  void setCapacity(int calls);

  /** Connections open now, of all lanes. */
  int connections();

  /** No new calls; running ones go on. Completes when none runs any more. */
  Future<Void> drain();

  /** Takes calls again after {@link #drain()}. */
  Future<Void> resume();

  /** Out of dispatch with this reason until called with null. */
  Future<Void> unhealthy(String reason);

  /**
   * What people are told of it.
   *
   * @param state one word
   * @param lastError the last thing that went wrong, "" = nothing yet
   */
  void describe(String state, String lastError);

  /**
   * Asks the runner how it is, over the same connections as calls. Fails with UNAVAILABLE when it
   * cannot be reached, with DEADLINE_EXCEEDED, or with WORKER_PROTOCOL naming what was wrong with
   * the answer; a negative {@code active} is such a thing.
   */
  Future<RunnerStatus> status(long timeoutMillis);

  /** Gone: running calls end with WORKER_LOST, connections are closed. */
  Future<Void> close();
}
