package io.busbar.channel.ring;

/** A sequence that cannot be read. */
public final class RingLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean ahead;

  public RingLostException(boolean ahead, String detail) {
    super(detail, null, false, false);
    this.ahead = ahead;
  }

  /** True: beyond what there is. False: older than all that is kept. */
  public boolean ahead() {
    return ahead;
  }
}
