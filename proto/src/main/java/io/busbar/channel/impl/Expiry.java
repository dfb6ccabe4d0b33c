package io.busbar.channel.impl;

import io.busbar.bus.Lane;

/** Wakes a sequencer when its oldest frame is due to go. On its lane. */
final class Expiry {
  private final Lane lane;
  private final Runnable due;
  private Lane.Timer timer;

  Expiry(Lane lane, Runnable due) {
    this.lane = lane;
    this.due = due;
  }

  /** Harmless when it is armed. */
  void arm(History history) {
    if (timer == null && history.expiresAt() >= 0) {
      long delay = Math.max(1, history.expiresAt() - System.currentTimeMillis());
      timer =
          lane.timer(
              delay,
              () -> {
                timer = null;
                due.run();
              });
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
