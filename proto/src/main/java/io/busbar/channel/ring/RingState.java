package io.busbar.channel.ring;

/**
 * What a ring holds.
 *
 * @param head sequence of the oldest item
 * @param tail sequence of the newest item, -1 = none
 * @param epoch of the newest item, 0 = none
 */
public record RingState(long head, long tail, long epoch) {
  /** A ring that was never written, or was lost. */
  public static final RingState EMPTY = new RingState(0, -1, 0);

  public boolean isEmpty() {
    return tail < 0;
  }
}
