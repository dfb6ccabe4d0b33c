package io.busbar.bus.impl;

import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;

/** One end of a stream, with what its {@link StreamTable} needs to find it. */
abstract class StreamEnd extends Watched {
  /** Under which it stands in the table; that of {@link StreamTable#key}. */
  long key;

  /** Another end with the same key; hardly ever there. */
  StreamEnd sameKey;

  abstract Id wireId();

  abstract int attempt();

  abstract Direction direction();

  final boolean is(Id id, int wantedAttempt, Direction wantedDirection) {
    Id mine = wireId();
    return mine.getSeq() == id.getSeq()
        && mine.getNode() == id.getNode()
        && attempt() == wantedAttempt
        && direction() == wantedDirection;
  }
}
