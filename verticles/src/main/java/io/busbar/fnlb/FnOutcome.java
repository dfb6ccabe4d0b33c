package io.busbar.fnlb;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * How a call that failed is told to an HTTP client of Fn: the one table from a failure to status
 * and message.
 *
 * @param status of the answer
 * @param message text of {@code message} in its body
 * @param retryAfter whether the answer says when to come again
 */
record FnOutcome(int status, String message, boolean retryAfter) {
  /** What Fn says when no runner took the call in time. */
  static final String TOO_BUSY = "Timed out - server too busy";

  /** What Fn says when a call broke after a runner had it. */
  static final String BROKEN = "internal server error";

  private static final int RETRY = 503;
  private static final int BROKE = 500;

  static FnOutcome of(Failure failure, boolean detached) {
    FailureCode code = failure.code();
    switch (code) {
      case BUSY, NO_WORKER, QUEUE_FULL, QUEUE_TIMEOUT, DRAINING, BUSY_AFTER_COMMIT:
        return new FnOutcome(RETRY, TOO_BUSY, true);
      case UNAVAILABLE:
        return new FnOutcome(RETRY, text(failure), true);
      case WORKER_LOST, WORKER_PROTOCOL, NODE_LOST, STREAM_BROKEN, INTERNAL, UNKNOWN:
        return new FnOutcome(BROKE, BROKEN, false);
      case WORKER_REJECTED:
        // Without a code of its own: the stream to the runner failed, not the call in it.
        return failure.status() == 0
            ? new FnOutcome(BROKE, BROKEN, false)
            : new FnOutcome(failure.httpStatus(), text(failure), false);
      case DEADLINE_EXCEEDED:
        return detached && !failure.user()
            ? new FnOutcome(BROKE, text(failure), false)
            : new FnOutcome(failure.httpStatus(), text(failure), false);
      default:
        int status = failure.httpStatus();
        // A worker's own 503 is final here: whoever could take it elsewhere has tried.
        return new FnOutcome(status, text(failure), status == RETRY || status == 429);
    }
  }

  private static String text(Failure failure) {
    return failure.detail().isEmpty() ? failure.code().wireName() : failure.detail();
  }
}
