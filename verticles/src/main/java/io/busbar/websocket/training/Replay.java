package io.busbar.websocket.training;

/**
 * Whether and from where a client can go on.
 *
 * @param after the frames after this one follow
 * @param count how many of them are there already; -1 = it cannot go on
 */
record Replay(long after, long count) {
  private static final Replay OUT_OF_RANGE = new Replay(0, -1);

  /**
   * @param lastSeq of the client
   * @param first oldest frame that is kept
   * @param next number of the next frame
   * @param capacity frames that may be replayed
   */
  static Replay of(long lastSeq, long first, long next, int capacity) {
    long oldest = Math.max(first, next - capacity);
    long newest = next - 1;
    boolean empty = oldest > newest;
    if (capacity == 0 || (empty ? lastSeq > 0 : lastSeq < oldest - 1)) {
      return OUT_OF_RANGE;
    }
    long after = Math.max(0, Math.min(lastSeq, newest));
    return new Replay(after, newest - after);
  }

  boolean isOutOfRange() {
    return count < 0;
  }
}
