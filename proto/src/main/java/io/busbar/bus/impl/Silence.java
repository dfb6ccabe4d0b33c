package io.busbar.bus.impl;

import io.busbar.bus.BusOptions;

/**
 * When to ask a silent peer again, and when to give it up. Time in which this process itself did
 * not run counts for nothing: a thawed process must not take everybody else for dead.
 */
final class Silence {
  private final long first;
  private final long longest;
  private final long lostAfter;
  private long delay;
  private long dueAt;
  private long lastTick;
  private long silent;
  private long askedAt;
  private boolean armed;
  private boolean asked;

  /**
   * @param first milliseconds to the first question
   * @param longest milliseconds between later ones at most
   * @param lostAfter milliseconds of unanswered questions
   */
  Silence(long first, long longest, long lostAfter) {
    this.first = first;
    this.longest = longest;
    this.lostAfter = lostAfter;
  }

  /** Asks soon, then less and less often. */
  static Silence ofWriter(BusOptions options) {
    long probe = options.probeMillis();
    return new Silence(probe, 16 * probe, options.lostAfterMillis());
  }

  /** Asks seldom: a reader may wait for long. */
  static Silence ofReader(BusOptions options) {
    long probe = Math.max(options.probeMillis(), options.lostAfterMillis() / 3);
    return new Silence(probe, probe, options.lostAfterMillis());
  }

  /** What to do now. */
  enum Verdict {
    WAIT,
    ASK,
    LOST
  }

  boolean armed() {
    return armed;
  }

  void arm(long now) {
    if (!armed) {
      armed = true;
      restart(now);
    }
  }

  void disarm() {
    armed = false;
    asked = false;
  }

  /** Things move: start over with the shortest delay. */
  void restart(long now) {
    delay = first;
    dueAt = now + first;
    lastTick = now;
    silent = 0;
    asked = false;
  }

  /** The peer is there, though nothing moved. Milliseconds since the question, -1 if none. */
  long heard(long now) {
    long rtt = asked ? now - askedAt : -1;
    asked = false;
    silent = 0;
    return rtt;
  }

  Verdict tick(long now) {
    if (asked) {
      silent += Math.min(now - lastTick, longest);
    }
    lastTick = now;
    if (silent >= lostAfter) {
      return Verdict.LOST;
    }
    if (now < dueAt) {
      return Verdict.WAIT;
    }
    if (!asked) {
      asked = true;
      askedAt = now;
    }
    delay = Math.min(2 * delay, longest);
    dueAt = now + delay;
    return Verdict.ASK;
  }
}
