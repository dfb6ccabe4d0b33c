package io.busbar.call.impl;

import io.busbar.bus.Deadlines;
import io.busbar.bus.Lane;

/** When a call ends at its caller: the caller's own deadline, or the shorter one of its slot. */
final class CallClock {
  private static final long NEVER = Long.MAX_VALUE;

  private final Lane lane;
  private final Deadlines deadlines;
  private final long callerDeadline;
  private final Runnable passed;
  private final long submittedAt;
  private Deadlines.Deadline deadline;
  private long waited;

  /**
   * @param remaining milliseconds until the caller's deadline, 0 = it has none
   */
  CallClock(LaneCalls owner, long remaining, Runnable passed) {
    this.lane = owner.lane();
    this.deadlines = owner.deadlines();
    this.passed = passed;
    this.submittedAt = lane.now();
    if (remaining > 0) {
      callerDeadline = lane.now() + remaining;
      deadline = deadlines.in(remaining, passed);
    } else {
      callerDeadline = NEVER;
    }
  }

  /** Milliseconds until the caller's deadline, 0 = it has none. */
  long remaining() {
    return callerDeadline == NEVER ? 0 : Math.max(1, callerDeadline - lane.now());
  }

  /** A worker has a slot for it; it must end within these milliseconds, 0 = no new limit. */
  void assigned(long remaining) {
    waited = lane.now() - submittedAt;
    if (remaining <= 0) {
      return;
    }
    // The worker's side watches the same limit and knows more; its word has time to arrive.
    long grace = 2 * lane.options().probeMillis();
    long due = lane.now() + remaining + grace;
    if (due < callerDeadline) {
      stop();
      deadline = deadlines.in(remaining + grace, passed);
    }
  }

  /** Milliseconds from the submit to the newest slot. */
  long waited() {
    return waited;
  }

  void stop() {
    if (deadline != null) {
      deadline.cancel();
    }
  }
}
