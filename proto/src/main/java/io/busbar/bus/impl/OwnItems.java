package io.busbar.bus.impl;

import io.busbar.bus.v1.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * What a lane sends to itself, and nearly all of a call that stays on its lane is that. It does not
 * leave the lane: the end of the turn hands it over, in order, in rounds.
 */
final class OwnItems {
  private List<Item> coming = new ArrayList<>();
  private List<Item> spare = new ArrayList<>();

  void add(Item item) {
    coming.add(item);
  }

  boolean isEmpty() {
    return coming.isEmpty();
  }

  /** All that came so far; what comes from now on is for the next round. Give it back when done. */
  List<Item> take() {
    List<Item> taken = coming;
    coming = spare;
    spare = null;
    return taken;
  }

  /** The round is over. */
  void giveBack(List<Item> taken) {
    taken.clear();
    spare = taken;
  }
}
