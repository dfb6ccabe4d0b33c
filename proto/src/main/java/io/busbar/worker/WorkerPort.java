package io.busbar.worker;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;

/**
 * The worker side of the call primitive on one lane: takes offers for the workers attached here.
 * Slots are counted here and nowhere else.
 */
public interface WorkerPort {
  /**
   * Attaches a worker and announces it. {@code info} names id, pool, capacity and the descriptive
   * fields; node, lane, incarnation and status are filled in. A worker id that is attached already
   * is refused with CONFLICT.
   *
   * @param slots the slot count; shared by the lanes of one node when the worker has an adapter on
   *     each
   */
  Attachment attach(WorkerInfo info, Slots slots, WorkerAdapter adapter);

  /** What the port remembers, now and since the start. Any thread. */
  default Memory memory() {
    return new Memory(0, 0, 0, 0);
  }

  /**
   * Sizes of the port's bounded memories, and how often they were too small.
   *
   * @param ended attempts that are over and remembered, so that a late offer of them is refused
   * @param endedForgotten attempts forgotten before their time
   * @param wakes dispatchers' lanes to wake when a slot frees, of the workers at home here
   * @param wakesLeftOut lanes not remembered because a worker's list was full
   */
  record Memory(int ended, long endedForgotten, int wakes, long wakesLeftOut) {
    public Memory plus(Memory other) {
      return new Memory(
          ended + other.ended,
          endedForgotten + other.endedForgotten,
          wakes + other.wakes,
          wakesLeftOut + other.wakesLeftOut);
    }
  }

  /** An attached worker. */
  interface Attachment {
    WorkerInfo info();

    /** No new offers; running calls go on. */
    void drain();

    void resume();

    /** Offers are rejected with this reason, retry-safe, until called with null. */
    void unhealthy(String reason);

    /** Gone: running calls end with WORKER_LOST. Completes when all have ended. */
    default Future<Void> detach() {
      return detach(Failure.of(FailureCode.WORKER_LOST, "the worker is gone"));
    }

    /**
     * Gone: running calls end with this reason, retry-safe unless the worker had taken them for
     * good. Completes when all have ended.
     */
    Future<Void> detach(Failure reason);
  }
}
