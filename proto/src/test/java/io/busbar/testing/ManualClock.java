package io.busbar.testing;

import java.util.PriorityQueue;

/**
 * Time that passes only when a test says so, and the actions that wait for it. One thread. Actions
 * due at the same time run in the order they came in.
 */
public final class ManualClock {
  private final PriorityQueue<Entry> queue = new PriorityQueue<>();
  private long now = 1_000;
  private long lastSeq;
  private long ran;

  private static final class Entry implements Comparable<Entry> {
    private final long at;
    private final long seq;
    private final Runnable action;
    private boolean cancelled;

    private Entry(long at, long seq, Runnable action) {
      this.at = at;
      this.seq = seq;
      this.action = action;
    }

    @Override
    public int compareTo(Entry other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(seq, other.seq);
    }
  }

  public long now() {
    return now;
  }

  /** Runs the action after so many milliseconds; the result cancels it. */
  public Runnable schedule(long delay, Runnable action) {
    Entry entry = new Entry(now + Math.max(0, delay), ++lastSeq, action);
    queue.add(entry);
    return () -> entry.cancelled = true;
  }

  /** Runs everything that is due within so many milliseconds, and lets them pass. */
  public void advance(long millis) {
    long until = now + millis;
    while (!queue.isEmpty() && queue.peek().at <= until) {
      step();
    }
    now = until;
  }

  /** Runs what is due now, without any time passing. */
  public void runDue() {
    advance(0);
  }

  /**
   * Runs until nothing waits any more.
   *
   * @return false if something still waits after so many milliseconds
   */
  public boolean runUntilIdle(long limitMillis) {
    long until = now + limitMillis;
    while (!queue.isEmpty()) {
      if (queue.peek().at > until) {
        purge();
        return queue.isEmpty();
      }
      step();
    }
    return true;
  }

  /** Lets time pass in which nothing runs, as in a frozen process; what was due runs late. */
  public void freeze(long millis) {
    now += millis;
  }

  /** Actions run so far. */
  public long ran() {
    return ran;
  }

  /** Actions that wait. */
  public int waiting() {
    purge();
    return queue.size();
  }

  private void purge() {
    queue.removeIf(entry -> entry.cancelled);
  }

  private void step() {
    Entry entry = queue.poll();
    now = Math.max(now, entry.at);
    if (!entry.cancelled) {
      ran++;
      entry.action.run();
    }
  }
}
