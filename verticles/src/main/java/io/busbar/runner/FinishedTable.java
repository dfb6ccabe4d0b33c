package io.busbar.runner;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * How a failure is told to an Fn load balancer. Two rules stand above the table: 503 makes it try
 * the next runner, so it is said only when nothing was run and nothing was sent; and the code is
 * never 0, which it would turn into a success.
 */
final class FinishedTable {
  private static final int RETRY = 503;
  private static final int NO_RETRY = 502;

  /**
   * What goes into CallFinished.
   *
   * @param code errorCode
   * @param user errorUser
   */
  record Verdict(int code, boolean user) {}

  /**
   * @param failure how the call failed
   * @param output whether anything but a 202 of a detached call was sent already
   * @param ran whether a worker had the call
   */
  static Verdict of(Failure failure, boolean output, boolean ran) {
    return new Verdict(code(failure, output), user(failure, ran));
  }

  private static int code(Failure failure, boolean output) {
    int own = failure.httpStatus();
    boolean callersFault = own >= 400 && own < 500;
    if (failure.retrySafe() && !callersFault) {
      return output ? NO_RETRY : RETRY;
    }
    if (own == RETRY) {
      // Final, and Fn knows no other final code for "the platform could not".
      return NO_RETRY;
    }
    return own >= 400 ? own : NO_RETRY;
  }

  private static boolean user(Failure failure, boolean ran) {
    return failure.user()
        || failure.code() == FailureCode.WORKER_FAILED
        || (failure.code() == FailureCode.DEADLINE_EXCEEDED && ran);
  }

  /**
   * The text: a function's own words as they are, else also which worker. Never empty, an empty one
   * would hide the cause.
   */
  static String text(Failure failure) {
    String detail = failure.detail().isEmpty() ? failure.code().wireName() : failure.detail();
    if (failure.user() || failure.worker().isEmpty()) {
      return detail;
    }
    return detail + " (worker " + failure.worker() + ")";
  }

  private FinishedTable() {}
}
