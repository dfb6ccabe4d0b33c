package io.busbar.channel.ring;

/** A write that was not done, since the ring is not what the writer believed it to be. */
public final class RingChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient RingState state;

  public RingChangedException(RingState state) {
    super("the ring is " + state, null, false, false);
    this.state = state;
  }

  /** What the ring is. */
  public RingState state() {
    return state;
  }
}
