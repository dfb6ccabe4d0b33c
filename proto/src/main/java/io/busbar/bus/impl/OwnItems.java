package io.busbar.bus.impl;

import io.busbar.bus.v1.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lane has for itself, and nearly all of a call that stays on its lane is that: items, and
 * ends of streams whose other end is here too. It does not leave the lane: the end of the turn
 * hands it over, in order, in rounds.
 */
final class OwnItems {
  private List<Object> coming = new ArrayList<>();
  private List<Object> spare = new ArrayList<>();

  void add(Item item) {
    coming.add(item);
  }

  void add(StreamEnd end) {
    coming.add(end);
  }

  boolean isEmpty() {
    return coming.isEmpty();
  }

  /**
   * All that came so far, items and ends of streams; what comes from now on is for the next round.
   * Give it back when done.
   */
  List<Object> take() {
    List<Object> taken = coming;
    coming = spare;
    spare = null;
    return taken;
  }

  /** The round is over. */
  void giveBack(List<Object> taken) {
    taken.clear();
    spare = taken;
  }
}
