package io.busbar.fnclient;

/**
 * How one call on a runner ended.
 *
 * @param kind what the end says about the runner
 * @param reason for people; "" when all went well
 * @param code errorCode of the runner's finish, 0 = it sent none or had success
 * @param schedulerNanos as the runner measured it, 0 = not told
 * @param executionNanos as the runner measured it, 0 = not told
 * @param millis from the TryCall to the end, as measured here
 */
public record RunnerOutcome(
    Kind kind, String reason, int code, long schedulerNanos, long executionNanos, long millis) {

  /** What an end says about the runner. */
  public enum Kind {
    /** Finished with success. */
    OK(false),
    /** Finished with an error it blames on the function or its user. */
    USER_ERROR(false),
    /** Finished with 503: no room. */
    BUSY(false),
    /** Finished with an error of its own. */
    PLATFORM_ERROR(true),
    /** Not processed at all: no connection, REFUSED_STREAM, or a GOAWAY that left the call out. */
    NOT_PROCESSED(true),
    /** Broke the rules of the protocol; the reason names which. */
    PROTOCOL_VIOLATION(true),
    /** The connection or the stream ended without a finish. */
    DROPPED(true),
    /** Neither output nor a finish within the call's time. */
    SILENT(true),
    /** The caller gave up, or the call's time ended while the runner was answering. */
    CANCELLED(false);

    private final boolean fault;

    Kind(boolean fault) {
      this.fault = fault;
    }

    /** Whether it counts against the runner. */
    public boolean fault() {
      return fault;
    }
  }
}
