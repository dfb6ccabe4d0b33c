package io.busbar.fnclient;

/**
 * Told what happens on one runner, for health, load and metrics. Called on the lane of the call or
 * connection, so on several threads at once; must not block or throw.
 */
public interface RunnerObserver {
  /** A TryCall is about to be sent. {@link #callEnded} follows, once. */
  default void callStarted() {}

  default void callEnded(RunnerOutcome outcome) {}

  /** A dial failed; no call needs to be concerned. */
  default void dialFailed(String reason) {}

  /** A dial succeeded. */
  default void connected() {}

  /** A connection is gone, whoever closed it. */
  default void disconnected() {}

  /** The runner announced that it stops: no further calls on that connection. */
  default void goingAway() {}

  /** Something that is not allowed but does no harm was ignored. */
  default void ignored(Oddity what) {}

  /** Things a runner should not send and that change nothing. */
  enum Oddity {
    /** A message after the finish. */
    MESSAGE_AFTER_FINISHED,
    /** A status other than OK after a finish. */
    STATUS_AFTER_FINISHED,
    /** A message with nothing in it, or a ResultStart without http. */
    EMPTY_MESSAGE,
    /** The stream was still open some time after its finish, and was reset. */
    STREAM_LEFT_OPEN,
    /** Data after a data frame with eof; it is part of the body. */
    DATA_AFTER_EOF
  }

  /** Listens to nothing. */
  RunnerObserver NONE = new RunnerObserver() {};
}
