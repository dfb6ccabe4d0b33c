package io.busbar.juniper;

/**
 * A binary frame that is none. The message is the one every implementation of the protocol uses.
 */
public final class BinaryFrameException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BinaryFrameException(String message) {
    super(message);
  }

  /** A bad frame is a peer's doing, not a bug: no stack trace. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
