package io.busbar.contract;

import io.busbar.failure.FailureCode;

/**
 * Nodes for a run of the contract: the client enters at the first, the scripted worker lives on the
 * last, which with one node is the same.
 */
interface ContractStage extends AutoCloseable {
  FrontSide front();

  /**
   * Pool of the scripted worker: concurrency {@link ScriptedPlugin#CONCURRENCY}, queue 2, queue
   * time-out 1 s.
   */
  String pool();

  boolean severalNodes();

  /** Whether the worker's slots are learned, so that after a refusal they come back one by one. */
  default boolean slotsComeBackSlowly() {
    return false;
  }

  /** What a caller is told when the worker itself fails with this code. */
  default FailureCode told(FailureCode fromWorker) {
    return fromWorker;
  }

  /** The worker goes away while its node stays. */
  void loseWorker() throws Exception;

  /** The worker's node dies without a goodbye. */
  void loseWorkerNode() throws Exception;

  /** Puts back what was lost; returns when calls are served again. */
  void restore() throws Exception;

  /** Calls now running or waiting on all nodes, for "nothing leaks". Completes when it is 0. */
  void awaitIdle() throws Exception;

  /** Completes when no queue has a call. */
  void awaitNobodyWaits() throws Exception;

  @Override
  void close() throws Exception;
}
