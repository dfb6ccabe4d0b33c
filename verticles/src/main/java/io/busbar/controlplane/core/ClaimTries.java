package io.busbar.controlplane.core;

import java.util.random.RandomGenerator;

/**
 * The tries of one claim: after a vote that came to nothing a random pause, which doubles with each
 * further one, so that claimants that split the votes do not meet again. And the order among them,
 * which all hosts find alike. Pure but for the random numbers.
 */
public final class ClaimTries {
  /** Votes that a claim is put to at most. */
  public static final int MOST = 5;

  /** Returned when there is no further try. */
  public static final long NO_MORE = -1;

  private static final int SPREAD = 5;
  private static final long LONGEST = 2000;

  private final RandomGenerator random;
  private final long first;
  private int failed;
  private long pause;

  /**
   * @param first shortest first pause, ms; the longest is five times that
   */
  public ClaimTries(long first, RandomGenerator random) {
    this.first = first;
    this.random = random;
  }

  /** A vote came to nothing: ms until the next one, or {@link #NO_MORE}. */
  public long next() {
    failed++;
    if (failed >= MOST) {
      return NO_MORE;
    }
    pause = pause == 0 ? random.nextLong(first, SPREAD * first) : Math.min(LONGEST, pause * 2);
    return pause;
  }

  /** The claim won: what comes next is another one. */
  public void over() {
    failed = 0;
    pause = 0;
  }

  /**
   * Whether one of two claimants of a key goes first: the one with the lower hash of both.
   *
   * @param one is it ahead
   * @param other of this one
   */
  public static boolean isAhead(String key, HostName one, HostName other) {
    int first = rank(key, one);
    int second = rank(key, other);
    return first < second || (first == second && one.compareTo(other) < 0);
  }

  private static int rank(String key, HostName host) {
    int mixed = (key + '|' + host).hashCode() * 0x9E3779B1;
    return mixed ^ mixed >>> 16;
  }
}
