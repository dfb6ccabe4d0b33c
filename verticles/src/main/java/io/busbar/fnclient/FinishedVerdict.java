package io.busbar.fnclient;

import io.busbar.bus.v1.Timing;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.WireDate;
import io.busbar.fnclient.RunnerOutcome.Kind;

/**
 * What a runner's finish means.
 *
 * @param kind for the observer
 * @param failure of the call, null = success
 */
record FinishedVerdict(Kind kind, Failure failure) {
  static final int BUSY = 503;
  private static final int INTERNAL = 500;
  private static final int LEAST = 400;
  private static final int MOST = 599;

  /**
   * @param output whether the runner sent a ResultStart or data before
   */
  static FinishedVerdict of(CallFinished finished, boolean output) {
    if (finished.getSuccess()) {
      return new FinishedVerdict(Kind.OK, null);
    }
    int code = finished.getErrorCode();
    String text = text(finished.getErrorStr());
    if (code == BUSY) {
      return busy(text, output);
    }
    if (code != 0 && (code < LEAST || code > MOST)) {
      return new FinishedVerdict(
          Kind.PROTOCOL_VIOLATION,
          Failure.of(
              FailureCode.WORKER_PROTOCOL,
              "CallFinished.errorCode: "
                  + code
                  + ", expected "
                  + LEAST
                  + " to "
                  + MOST
                  + "; it said: "
                  + text));
    }
    // Fn's load balancer makes a success of code 0.
    int status = code == 0 ? INTERNAL : code;
    boolean user = finished.getErrorUser();
    FailureCode kind = user ? FailureCode.WORKER_FAILED : FailureCode.WORKER_REJECTED;
    Failure failure = Failure.of(kind, text).withRetrySafe(false).withStatus(status).withUser(user);
    return new FinishedVerdict(user ? Kind.USER_ERROR : Kind.PLATFORM_ERROR, failure);
  }

  /** Too busy: another runner may have the call, unless this one began to answer. */
  static FinishedVerdict busy(String text, boolean output) {
    if (output) {
      return new FinishedVerdict(
          Kind.PROTOCOL_VIOLATION,
          Failure.of(FailureCode.WORKER_PROTOCOL, "said it is too busy after it sent output"));
    }
    return new FinishedVerdict(Kind.BUSY, Failure.of(FailureCode.BUSY, text));
  }

  private static String text(String errorStr) {
    if (errorStr.isBlank()) {
      return "the runner gave no reason";
    }
    StringBuilder plain = new StringBuilder(errorStr.length());
    Failure.shorten(errorStr, Failure.MAX_DETAIL)
        .chars()
        .forEach(c -> plain.append(Character.isISOControl(c) ? ' ' : (char) c));
    return plain.toString();
  }

  /** The runner's measurements; what cannot be is left out. */
  static Timing timing(CallFinished finished) {
    return Timing.newBuilder()
        .setCreatedAt(WireDate.parse(finished.getCreatedAt()))
        .setStartedAt(WireDate.parse(finished.getStartedAt()))
        .setCompletedAt(WireDate.parse(finished.getCompletedAt()))
        .setScheduler(Math.max(0, finished.getSchedulerDuration()))
        .setExecution(Math.max(0, finished.getExecutionDuration()))
        .setImage(Failure.shorten(finished.getImage(), 500))
        .setImagePullWait(Math.max(0, finished.getImagePullWaitDuration()))
        .setContainerPrep(Math.max(0, finished.getCtrPrepDuration()))
        .setContainerCreate(Math.max(0, finished.getCtrCreateDuration()))
        .setInitStart(Math.max(0, finished.getInitStartTime()))
        .build();
  }
}
