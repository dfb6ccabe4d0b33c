package io.busbar.bus.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.RecentIds;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;

/**
 * Streams that were read to their end a while ago, for writers that missed the last report. Bounded
 * in number and time; past that the answer is Gone, which a writer takes for a broken stream.
 */
final class Finished {
  private static final int MAX = 65_536;

  private final RecentIds totals;

  Finished(long keepMillis) {
    this.totals = new RecentIds(MAX, keepMillis);
  }

  void add(Id id, int attempt, Direction direction, long total, Endpoint peer, long now) {
    totals.put(id.getNode(), id.getSeq(), part(attempt, direction), total, peer, now);
  }

  /** Units of that stream, -1 = not known. */
  long total(Id id, int attempt, Direction direction) {
    int found = totals.find(id.getNode(), id.getSeq(), part(attempt, direction));
    return found < 0 ? -1 : totals.value(found);
  }

  private static int part(int attempt, Direction direction) {
    return attempt << 1 | (direction == Direction.RESPONSE ? 1 : 0);
  }

  void peerLeft(String node) {
    totals.forgetIf(peer -> ((Endpoint) peer).node().equals(node));
  }
}
