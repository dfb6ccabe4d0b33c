package io.busbar.worker.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.Lane;
import io.busbar.worker.WorkerAdapter;

/**
 * When an attempt is committed: at once for a worker that said its last word with the accept; for
 * one that may still say "too busy", at its first message, or when the caller has no more room to
 * keep bytes for a rewind and the worker was silent for the settling time since.
 */
final class CommitRule {
  private final Lane lane;
  private final boolean late;
  private final long until;
  private final long settleMillis;
  private BusReader reader;
  private Lane.Timer settling;
  private boolean done;

  /**
   * @param late whether the worker may say "too busy" after it saw bytes
   * @param until units received with which the settling begins
   * @param settleMillis 0 = none
   */
  private CommitRule(Lane lane, boolean late, long until, long settleMillis) {
    this.lane = lane;
    this.late = late;
    this.until = until;
    this.settleMillis = settleMillis;
    this.done = !late;
  }

  /**
   * @param replay units the caller can send before anything is released
   * @param announced bytes of the request, not positive = not known
   */
  static CommitRule of(
      Lane lane, WorkerAdapter adapter, long replay, long announced, long settleMillis) {
    boolean late = adapter.mayRejectLate();
    if (adapter.answersEarly()) {
      return new CommitRule(lane, late, replay, settleMillis);
    }
    long ahead = announced > replay ? 2L * lane.options().streamWindow() : 0;
    return new CommitRule(lane, late, Math.max(0, replay - ahead), 0);
  }

  /** In the turn of the reader's opening. */
  void watch(BusReader request) {
    reader = request;
    if (late) {
      reader.withhold();
      reader.receivedHandler(this::received);
    }
  }

  private void received(long units) {
    if (done || settling != null || units < until) {
      return;
    }
    if (settleMillis == 0) {
      now();
    } else {
      settling = lane.timer(settleMillis, this::now);
    }
  }

  /** The worker spoke, or the time is over. */
  void now() {
    if (!done) {
      done = true;
      close();
      reader.release();
    }
  }

  boolean done() {
    return done;
  }

  /** The attempt is over. */
  void close() {
    if (settling != null) {
      settling.cancel();
      settling = null;
    }
  }
}
