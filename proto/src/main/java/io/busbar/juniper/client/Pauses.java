package io.busbar.juniper.client;

import java.time.Duration;
import java.util.function.LongUnaryOperator;

/**
 * The pauses of a client that connects again: each may be twice as long as the one before, up to a
 * limit, and lasts between half and all of what it may, by chance, so that the clients of a lost
 * server do not come all at once. Not for several threads.
 */
final class Pauses {
  private final long first;
  private final long longest;
  private final LongUnaryOperator chance;
  private long most;

  /**
   * @param first at most, of the first one; 1 ms at least
   * @param longest of them all
   * @param chance any number from 0 to below its argument, each as likely as the others
   */
  Pauses(Duration first, Duration longest, LongUnaryOperator chance) {
    this.first = first.toMillis();
    this.longest = longest.toMillis();
    this.chance = chance;
    this.most = this.first;
  }

  /** Milliseconds of the next one, 1 at least. */
  long next() {
    long half = most / 2;
    long pause = half + chance.applyAsLong(most - half + 1);
    most = Math.min(2 * most, longest);
    return Math.max(1, pause);
  }

  /** What was waited for is there: the next one is a first one again. */
  void reset() {
    most = first;
  }
}
