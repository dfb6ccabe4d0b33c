package io.busbar.bus.impl;

import java.util.ArrayList;

/**
 * One periodic look at all that waits, and none while nothing does. Entering and leaving are a few
 * stores, so that a stream that lives for a millisecond pays nothing.
 */
final class Watch {
  private final LaneIo io;
  private final long period;
  private final Guard guard;
  private final ArrayList<Watched> all = new ArrayList<>();
  private Runnable cancel;

  Watch(LaneIo io, long period, Guard guard) {
    this.guard = guard;
    this.io = io;
    this.period = Math.max(1, period);
  }

  void add(Watched watched) {
    if (watched.place < 0) {
      watched.place = all.size();
      all.add(watched);
      if (cancel == null) {
        cancel = io.timer(period, this::sweep);
      }
    }
  }

  void remove(Watched watched) {
    int place = watched.place;
    if (place < 0) {
      return;
    }
    watched.place = -1;
    Watched last = all.remove(all.size() - 1);
    if (last != watched) {
      all.set(place, last);
      last.place = place;
    }
  }

  int size() {
    return all.size();
  }

  void close() {
    if (cancel != null) {
      cancel.run();
    }
    for (Watched watched : all) {
      watched.place = -1;
    }
    all.clear();
  }

  private void sweep() {
    cancel = null;
    long now = io.now();
    // Backwards: who leaves is replaced by one that was looked at already.
    for (int i = all.size() - 1; i >= 0; i--) {
      if (i < all.size()) {
        Watched watched = all.get(i);
        guard.run(() -> watched.tick(now));
      }
    }
    if (!all.isEmpty() && cancel == null) {
      cancel = io.timer(period, this::sweep);
    }
  }
}
