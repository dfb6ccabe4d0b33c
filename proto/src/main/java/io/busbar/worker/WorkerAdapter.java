package io.busbar.worker;

import io.busbar.failure.Failure;

/**
 * What a worker's side must say and do; implemented once per kind of worker (JVM plugin, Fn runner,
 * …), one object per lane and worker. {@link WorkerPort} does offers, repeats, reservations, slots,
 * deadlines and cancels, and calls this on the lane's context.
 */
public interface WorkerAdapter {
  /**
   * Whether this worker can take such a call at all, asked before a slot is reserved: null = yes,
   * else why not. A retry-safe failure sends the call to another worker, any other ends it.
   */
  default Failure refuses(OfferedCall offer) {
    return null;
  }

  /**
   * Whether the protocol behind may still say "too busy" after it saw the first bytes. If so,
   * request bytes are kept at the caller until {@link ServedCall#commit()}, or by the settle rule.
   */
  default boolean mayRejectLate() {
    return false;
  }

  /**
   * Whether a worker that may reject late can do so before it has the whole request. If not, its
   * silence says nothing: a request that is longer than what the caller keeps is kept here as soon
   * as that is known, without the settling time.
   */
  default boolean answersEarly() {
    return true;
  }

  /**
   * Time a call gets here beyond its own, for a worker that measures the call's time itself and
   * does not count all that it does. Never beyond the caller's deadline.
   */
  default long headroomMillis() {
    return 0;
  }

  /**
   * Runs the call. Called at most once per accepted attempt, at the first frame. Everything it
   * throws ends the call with WORKER_FAILED.
   */
  void serve(ServedCall call);
}
