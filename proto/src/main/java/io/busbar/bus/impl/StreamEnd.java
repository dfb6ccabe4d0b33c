package io.busbar.bus.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;

/** One end of a stream, with what its {@link StreamTable} needs to find it. */
abstract class StreamEnd extends Watched {
  /** Under which it stands in the table; that of {@link StreamTable#key}. */
  long key;

  /** Another end with the same key; hardly ever there. */
  StreamEnd sameKey;

  /** The other end, once it is known to be on this lane too. */
  StreamEnd mate;

  private final CallId id;
  private Id wireId;

  StreamEnd(CallId id) {
    this.id = id;
  }

  public final CallId id() {
    return id;
  }

  /** Made when it is needed: what stays on the lane needs none. */
  final Id wireId() {
    if (wireId == null) {
      wireId = id.toWire();
    }
    return wireId;
  }

  abstract int attempt();

  abstract Direction direction();

  /** It and its mate do not belong together any more. */
  final void part() {
    if (mate != null) {
      mate.mate = null;
      mate = null;
    }
  }

  /**
   * Hands over to the other end, on this lane too, what this one has for it.
   *
   * @return bytes of data
   */
  abstract long handOver();

  final boolean is(long node, long seq, int wantedAttempt, Direction wantedDirection) {
    return id.seq() == seq
        && id.node() == node
        && attempt() == wantedAttempt
        && direction() == wantedDirection;
  }
}
