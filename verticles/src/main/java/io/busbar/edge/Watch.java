package io.busbar.edge;

import java.util.ArrayList;
import java.util.List;

/**
 * What may stand still on this lane, looked at once a tick by one timer: cheaper than a timer per
 * exchange, and late by one tick at most.
 */
final class Watch {
  private final List<Watched> watched = new ArrayList<>();
  private final long tickMillis;
  private long now;

  Watch(long tickMillis) {
    this.tickMillis = tickMillis;
  }

  /** Something that may stand still; remembers its own place here. */
  abstract static class Watched {
    private int place = -1;
    private long moved;

    /** Called each tick with the ticks since the last {@link Watch#moved}. Must not throw. */
    abstract void stoodStill(long ticks);
  }

  void add(Watched one) {
    one.place = watched.size();
    one.moved = now;
    watched.add(one);
  }

  void moved(Watched one) {
    one.moved = now;
  }

  /** Harmless when it is not there. */
  void remove(Watched one) {
    if (one.place < 0) {
      return;
    }
    Watched last = watched.remove(watched.size() - 1);
    if (last != one) {
      watched.set(one.place, last);
      last.place = one.place;
    }
    one.place = -1;
  }

  void tick() {
    now++;
    // Backwards, since a check may remove the one it looks at.
    for (int i = watched.size() - 1; i >= 0; i--) {
      if (i < watched.size()) {
        Watched one = watched.get(i);
        one.stoodStill(now - one.moved);
      }
    }
  }

  /** Ticks that are at least so many milliseconds, one more than needed rather than one less. */
  long ticks(long millis) {
    return (millis + tickMillis - 1) / tickMillis + 1;
  }

  int size() {
    return watched.size();
  }
}
