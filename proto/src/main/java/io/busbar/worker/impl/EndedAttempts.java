package io.busbar.worker.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounded, time-limited memory of attempts that are over here, so that an offer that was delayed
 * past its attempt is refused and a repeated one gets the same answer. When it is full the oldest
 * is forgotten: a late offer is then accepted, nobody follows it, and its reservation lapses.
 */
final class EndedAttempts {
  static final int MAX = 32_768;

  private final Lane lane;
  private final long keepMillis;
  private final Map<CallId, Ended> ended = new LinkedHashMap<>();
  private final AtomicLong forgotten = new AtomicLong();
  private volatile int size;
  private Lane.Timer sweep;

  EndedAttempts(Lane lane) {
    this.lane = lane;
    this.keepMillis = 2 * lane.options().lostAfterMillis();
  }

  /** The highest attempt that is over, and what an offer of it is answered with. */
  private record Ended(int attempt, Failure answer, long until) {}

  void add(CallId id, int attempt, Failure answer) {
    Ended known = ended.remove(id);
    if (known != null && known.attempt > attempt) {
      ended.put(id, known);
      return;
    }
    ended.put(id, new Ended(attempt, answer, lane.now() + keepMillis));
    if (ended.size() > MAX) {
      Iterator<Ended> oldest = ended.values().iterator();
      oldest.next();
      oldest.remove();
      forgotten.incrementAndGet();
    }
    size = ended.size();
    if (sweep == null) {
      sweep = lane.timer(keepMillis, this::sweep);
    }
  }

  /** Why that attempt is refused, null = it is not known. */
  Failure answer(CallId id, int attempt) {
    Ended known = ended.get(id);
    return known != null && attempt <= known.attempt ? known.answer : null;
  }

  /** Any thread. */
  int size() {
    return size;
  }

  /** Attempts forgotten because of the bound; any thread. */
  long forgotten() {
    return forgotten.get();
  }

  private void sweep() {
    sweep = null;
    long now = lane.now();
    ended.values().removeIf(one -> one.until <= now);
    size = ended.size();
    if (!ended.isEmpty()) {
      sweep = lane.timer(keepMillis, this::sweep);
    }
  }
}
