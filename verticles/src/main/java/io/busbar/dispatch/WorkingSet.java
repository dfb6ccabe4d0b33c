package io.busbar.dispatch;

import java.util.random.RandomGenerator;

/**
 * The workers of a long list that one lane uses at the moment: neighbours, so few that their
 * connections and what is known of them stay in the processor's caches. The set moves on along the
 * list, by one worker after {@link #STAY} choices or {@link #LONGEST_STAY} milliseconds, so that
 * after each round all were in it equally long; it grows at once when it is too small for the load,
 * and shrinks slowly. Its place is a part of the list's length, so that it stays among the same
 * workers when others come and go. One thread.
 */
final class WorkingSet {
  /** Least workers in it. */
  static final int LEAST = 16;

  /** Choices after which it moves on by one worker. */
  static final int STAY = 16;

  /** Milliseconds after which the next choice moves it on. */
  static final long LONGEST_STAY = 20;

  /** It grows by one in so many. */
  private static final int GROWS = 4;

  /** It shrinks by one in so many when it moves on. */
  private static final int SHRINKS = 32;

  private double at;
  private int size = LEAST;
  private int turn;
  private int choices;
  private long movedAt;

  /**
   * @param at where it begins, 0 to below 1; not the same on all lanes
   */
  WorkingSet(double at) {
    this.at = at;
  }

  /** Workers in it. */
  int size() {
    return size;
  }

  /**
   * The index of the worker whose turn it is, which counts as a choice.
   *
   * @param length of the list, at least {@link #LEAST}
   */
  int next(int length, long now) {
    size = Math.min(size, length);
    if (++choices > STAY || now - movedAt >= LONGEST_STAY) {
      choices = 1;
      movedAt = now;
      size = Math.max(LEAST, size - Math.max(1, size / SHRINKS));
      move(length);
    }
    turn = turn + 1 < size ? turn + 1 : 0;
    return index(turn, length);
  }

  /** The index of another worker of the set than that of the last {@link #next}. */
  int other(RandomGenerator random, int length) {
    int other = turn + 1 + random.nextInt(size - 1);
    return index(other < size ? other : other - size, length);
  }

  /** Those that were looked at had work enough. */
  void tooSmall(int length) {
    size = Math.min(length, size + size / GROWS);
  }

  /** On by one worker; whose turn it is stays. */
  void move(int length) {
    turn = turn > 0 ? turn - 1 : size - 1;
    at += 1.0 / length;
    if (at >= 1) {
      at = 0;
    }
  }

  private int index(int i, int length) {
    int index = (int) (at * length) + i;
    return index < length ? index : index - length;
  }
}
