package io.busbar.runners;

/**
 * What is believed of one runner's health. Failures in a row, answers that break the protocol and a
 * failure rate far above that of its pool take it out of placement; good answers to Status bring it
 * back, first with a tenth of its capacity. A runner that announces its end is out at once and
 * without a penalty.
 *
 * <pre>
 *   READY --failures, lies, outlier--> EJECTED --time over, Status good twice--> RETURNING
 *   any   --drains--> DRAINING --Status good on a new connection--> RETURNING --ramp over--> READY
 * </pre>
 *
 * When Status is not asked, an ejected runner returns as soon as its time is over. Times in
 * milliseconds, from any clock that only grows. Not thread-safe.
 */
final class RunnerHealth {
  /** Lies further apart than this do not add up. */
  static final long LIE_WINDOW = 60_000;

  /** Good answers that an ejected runner must give in a row. */
  static final int GOOD_PROBES = 2;

  /** A runner that said good-bye and is there again so soon has not been away. */
  static final long QUICK = 1000;

  private static final double FIRST_SHARE = 0.1;
  private static final int MOST_DOUBLINGS = 20;

  /** States in which {@link #takes()} holds: READY and RETURNING. */
  enum State {
    READY,
    EJECTED,
    DRAINING,
    RETURNING
  }

  private final HealthOptions options;
  private State state = State.READY;
  private int failuresInRow;
  private int lies;
  private long firstLieAt;
  private int goodProbes;
  private int ejectionsInRow;
  private long outUntil;
  private long since;
  private long rampFrom;
  private String lastError = "";

  RunnerHealth(HealthOptions options, long now) {
    this.options = options;
    this.since = now;
  }

  // ---- what happens ------------------------------------------------------------------------

  /** A call went well, or ended by no fault of the runner. */
  void succeeded(long now) {
    failuresInRow = 0;
    settle(now);
  }

  /** A call failed by the runner's fault: lost, silent, not finished, refused without a reason. */
  void failed(String why, long now) {
    lastError = why;
    failuresInRow++;
    int most = state == State.RETURNING ? Math.min(2, options.failures()) : options.failures();
    if (failuresInRow >= most) {
      eject(why, now);
    }
  }

  /** It sent what no runner may send. */
  void lied(String why, long now) {
    lastError = why;
    if (lies == 0 || now - firstLieAt > LIE_WINDOW) {
      lies = 0;
      firstLieAt = now;
    }
    lies++;
    failuresInRow++;
    if (lies >= options.lies() || state == State.RETURNING) {
      eject(why, now);
    }
  }

  /** It fails far more often than the others of its pool. */
  void outlier(String why, long now) {
    lastError = why;
    eject(why, now);
  }

  /** Its Status is good. */
  void probed(long now) {
    if (state == State.READY || state == State.RETURNING) {
      settle(now);
      return;
    }
    goodProbes++;
    if (state == State.DRAINING && now - since < QUICK) {
      // Only that connection ended: nothing is cold.
      state = State.READY;
      since = now;
      return;
    }
    int needed = state == State.DRAINING ? 1 : GOOD_PROBES;
    if (goodProbes >= needed && now >= outUntil) {
      comeBack(now);
    }
  }

  /** Its Status is bad, or there was no answer. */
  void probeFailed(String why, long now) {
    goodProbes = 0;
    if (takes()) {
      failed(why, now);
    } else {
      lastError = why;
    }
  }

  /** It takes nothing new and will be gone. */
  void drains(String why, long now) {
    if (takes()) {
      lastError = why;
      out(State.DRAINING, now, now);
    }
  }

  /** Another node had just taken it back: the ramp begins anew. */
  void returns(String why, long now) {
    lastError = why;
    comeBack(now);
  }

  /** Time passed. Only needed when Status is not asked. */
  void tick(long now) {
    if (options.statusInterval() == 0 && !takes() && now >= outUntil) {
      comeBack(now);
    }
    settle(now);
  }

  // ---- what follows ------------------------------------------------------------------------

  State state() {
    return state;
  }

  /** Whether it gets calls. */
  boolean takes() {
    return state == State.READY || state == State.RETURNING;
  }

  /** Part of its capacity that is used, 0 to 1. */
  double share(long now) {
    if (!takes()) {
      return 0;
    }
    if (state == State.READY || options.ramp() == 0) {
      return 1;
    }
    double passed = (double) Math.max(0, now - rampFrom) / options.ramp();
    return Math.min(1, FIRST_SHARE + (1 - FIRST_SHARE) * passed);
  }

  /** When the time without calls is over; only while it gets none. */
  long outUntil() {
    return outUntil;
  }

  /** When the whole share is reached; only while it returns. */
  long rampedAt() {
    return rampFrom + options.ramp();
  }

  /** Whether the next success changes something. */
  boolean shaken() {
    return failuresInRow > 0 || ejectionsInRow > 0;
  }

  /** The last thing that went wrong, "" = nothing yet. */
  String lastError() {
    return lastError;
  }

  /** How often it was ejected since it last stood the test of time. */
  int ejectionsInRow() {
    return ejectionsInRow;
  }

  private void eject(String why, long now) {
    if (state == State.EJECTED) {
      return;
    }
    lastError = why;
    int row = Math.min(MOST_DOUBLINGS, ejectionsInRow);
    ejectionsInRow++;
    out(State.EJECTED, now + Math.min(options.maxEject(), options.eject() << row), now);
  }

  private void out(State next, long until, long now) {
    state = next;
    outUntil = until;
    since = now;
    goodProbes = 0;
    failuresInRow = 0;
    lies = 0;
  }

  private void comeBack(long now) {
    state = options.ramp() == 0 ? State.READY : State.RETURNING;
    since = now;
    rampFrom = now;
    failuresInRow = 0;
  }

  /** Whole again after the ramp; forgiven after as long a good time as the last one out. */
  private void settle(long now) {
    if (state == State.RETURNING && now >= rampedAt()) {
      state = State.READY;
    }
    if (state == State.READY && ejectionsInRow > 0) {
      int row = Math.min(MOST_DOUBLINGS, ejectionsInRow - 1);
      long last = Math.min(options.maxEject(), options.eject() << row);
      if (now - since >= options.ramp() + Math.max(LIE_WINDOW, last)) {
        ejectionsInRow = 0;
      }
    }
  }
}
