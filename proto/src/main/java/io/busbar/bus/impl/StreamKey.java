package io.busbar.bus.impl;

import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;

/** Names one direction of one attempt. Mutable, so that one object serves all lookups of a lane. */
final class StreamKey {
  private long node;
  private long seq;
  private int attempt;
  private int direction;

  StreamKey set(Id id, int newAttempt, Direction newDirection) {
    node = id.getNode();
    seq = id.getSeq();
    attempt = newAttempt;
    direction = newDirection.getNumber();
    return this;
  }

  static StreamKey of(Id id, int attempt, Direction direction) {
    return new StreamKey().set(id, attempt, direction);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StreamKey that
        && seq == that.seq
        && node == that.node
        && attempt == that.attempt
        && direction == that.direction;
  }

  @Override
  public int hashCode() {
    long mixed = (seq ^ node) * 0x9E3779B97F4A7C15L + attempt * 2L + direction;
    return (int) (mixed ^ mixed >>> 32);
  }
}
