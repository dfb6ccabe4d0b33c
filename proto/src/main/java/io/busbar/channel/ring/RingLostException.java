package io.busbar.channel.ring;

/** A sequence that cannot be read: too old, beyond what comes next, or of another epoch. */
public final class RingLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RingLostException(String detail) {
    super(detail, null, false, false);
  }
}
