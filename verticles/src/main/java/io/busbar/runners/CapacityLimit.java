package io.busbar.runners;

/**
 * How many calls a runner gets at once. Nobody tells: the ceiling is what the operator allows, and
 * what fits is learned.
 *
 * <ul>
 *   <li>"Too busy" with n other calls of ours there: n fit, so n is the limit. A burst that is
 *       refused one by one lands on the true number.
 *   <li>While the limit is pressed and the calls succeed it grows by one after as many successes as
 *       it is high, but not within the hold time of the last cut. The hold time doubles, from
 *       {@value #FIRST_HOLD} to {@value #LONGEST_HOLD} ms, as long as growth ends where it did
 *       before: finding the same wall again costs one refused attempt each time.
 *   <li>Calls of other callers that its Status shows are taken off the ceiling.
 * </ul>
 *
 * Times in milliseconds. Not thread-safe.
 */
final class CapacityLimit {
  static final int FIRST_HOLD = 1000;
  static final int LONGEST_HOLD = 30_000;

  private int ceiling;
  private int limit;
  private int foreign;
  private int successes;
  private long hold = FIRST_HOLD;
  private long growAt;
  private long lookAt;
  private int wall;

  CapacityLimit(int ceiling) {
    this.ceiling = require(ceiling);
    this.limit = ceiling;
  }

  private static int require(int ceiling) {
    if (ceiling < 1) {
      throw new IllegalArgumentException("ceiling " + ceiling + ", expected at least 1");
    }
    return ceiling;
  }

  /** The operator changed what is allowed. */
  void ceiling(int calls) {
    boolean free = limit == ceiling;
    ceiling = require(calls);
    limit = free ? ceiling : Math.min(limit, ceiling);
  }

  /**
   * Another node found that so many fit.
   *
   * @param calls at least 1
   */
  void startAt(int calls, long now) {
    limit = Math.min(ceiling, Math.max(1, calls));
    wall = limit;
    growAt = now + hold;
    lookAt = growAt;
  }

  /**
   * The runner refused a call as too busy.
   *
   * @param others calls of ours on it besides that one
   */
  void busy(int others, long now) {
    int fits = Math.max(1, others);
    if (fits >= limit && limit > 1) {
      // More run than the limit allows now: those of before the last cut.
      return;
    }
    boolean again = wall != 0 && Math.abs(fits - wall) <= 1 && now >= growAt;
    if (now >= growAt) {
      hold = again ? Math.min(LONGEST_HOLD, hold * 2) : FIRST_HOLD;
    }
    wall = fits;
    limit = Math.min(limit, fits);
    growAt = now + hold;
    lookAt = growAt;
    successes = 0;
  }

  /**
   * The runner took calls to their end.
   *
   * @param count how many
   * @param running most calls on it at once meanwhile
   */
  void succeeded(int count, int running, long now) {
    if (limit >= ceiling || now < growAt || running < effective()) {
      return;
    }
    successes += count;
    while (successes >= limit && limit < ceiling) {
      successes -= limit;
      limit++;
    }
    if (limit == ceiling) {
      successes = 0;
      wall = 0;
    }
  }

  /**
   * One more call is tried while the limit is pressed and its hold time is over, and again each
   * hold time later. Without it calls that do not end would keep a limit low for ever.
   *
   * @param running calls of ours on it
   */
  void looked(int running, long now) {
    if (limit < ceiling && now >= lookAt && running >= effective()) {
      limit++;
      lookAt = now + hold;
      successes = 0;
    }
  }

  /** When one more may be tried; only while {@link #learned()}. */
  long looksAt() {
    return lookAt;
  }

  /**
   * Its Status told how many calls it runs.
   *
   * @param active of everybody
   * @param ours of them ours, counted when the answer came
   */
  void active(int active, int ours) {
    foreign = Math.max(0, active - ours);
  }

  /** Calls that may be there at once; at least 1. */
  int effective() {
    return Math.max(1, Math.min(limit, ceiling - foreign));
  }

  /** Calls of others on it, when it was asked last. */
  int foreign() {
    return foreign;
  }

  /** Whether it was found to bear less than allowed. */
  boolean learned() {
    return limit < ceiling;
  }
}
