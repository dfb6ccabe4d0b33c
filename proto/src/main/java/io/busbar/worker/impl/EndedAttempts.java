package io.busbar.worker.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.RecentIds;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/**
 * Bounded, time-limited memory of attempts that are over here, so that an offer that was delayed
 * past its attempt is refused and a repeated one gets the same answer. When it is full the oldest
 * is forgotten: a late offer is then accepted, nobody follows it, and its reservation lapses.
 */
final class EndedAttempts {
  static final int MAX = 32_768;

  private static final Object SERVED = new Object();

  private final Lane lane;
  private final long keepMillis;
  private final RecentIds ended;
  private volatile int size;
  private volatile long forgotten;
  private Lane.Timer sweep;

  EndedAttempts(Lane lane) {
    this.lane = lane;
    this.keepMillis = 2 * lane.options().lostAfterMillis();
    this.ended = new RecentIds(MAX, keepMillis);
  }

  /** The attempt, and every lower one, is over; null = it is answered with just that. */
  void add(CallId id, int attempt, Failure answer) {
    note(id, attempt, answer);
  }

  /** The attempt was served to its end; the offer of it may come again, its accept was lost. */
  void addServed(CallId id, int attempt) {
    note(id, attempt, SERVED);
  }

  /** Whether just that attempt was served to its end. */
  boolean served(CallId id, int attempt) {
    int known = ended.find(id.node(), id.seq(), 0);
    return known >= 0 && ended.value(known) == attempt && ended.note(known) == SERVED;
  }

  private void note(CallId id, int attempt, Object answer) {
    int known = ended.find(id.node(), id.seq(), 0);
    if (known < 0 || ended.value(known) <= attempt) {
      ended.put(id.node(), id.seq(), 0, attempt, answer, lane.now());
      size = ended.size();
      forgotten = ended.forgotten();
      if (sweep == null) {
        sweep = lane.timer(keepMillis, this::sweep);
      }
    }
  }

  /** Why that attempt is refused, null = it is not known. */
  Failure answer(CallId id, int attempt) {
    int known = ended.find(id.node(), id.seq(), 0);
    if (known < 0 || attempt > ended.value(known)) {
      return null;
    }
    return ended.note(known) instanceof Failure answer
        ? answer
        : Failure.of(FailureCode.UNAVAILABLE, "attempt " + ended.value(known) + " is over here")
            .at(lane.node().name(), "");
  }

  /** Any thread. */
  int size() {
    return size;
  }

  /** Attempts forgotten because of the bound; any thread. */
  long forgotten() {
    return forgotten;
  }

  private void sweep() {
    ended.expire(lane.now());
    size = ended.size();
    sweep = size == 0 ? null : lane.timer(keepMillis, this::sweep);
  }
}
