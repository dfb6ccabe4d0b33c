package io.busbar.call.impl;

import io.busbar.bus.Deadlines;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Refused;
import java.util.function.BooleanSupplier;

/**
 * When a call ends at its caller: the caller's own deadline, or the shorter one of its slot. While
 * no worker has the call, its dispatcher watches the same deadline and knows why there is none: its
 * word has two probes of time to arrive.
 */
final class CallClock {
  private static final long NEVER = Long.MAX_VALUE;

  private final Lane lane;
  private final Deadlines deadlines;
  private final long callerDeadline;
  private final BooleanSupplier waiting;
  private final Runnable passed;
  private final long submittedAt;
  private Deadlines.Deadline deadline;
  private long waited = -1;

  /**
   * @param remaining milliseconds until the caller's deadline, 0 = it has none
   * @param waiting whether no worker has the call
   */
  CallClock(LaneCalls owner, long remaining, BooleanSupplier waiting, Runnable passed) {
    this.lane = owner.lane();
    this.deadlines = owner.deadlines();
    this.waiting = waiting;
    this.passed = passed;
    this.submittedAt = lane.now();
    if (remaining > 0) {
      callerDeadline = lane.now() + remaining;
      deadline = deadlines.in(remaining, this::callerDeadlinePassed);
    } else {
      callerDeadline = NEVER;
    }
  }

  private void callerDeadlinePassed() {
    if (waiting.getAsBoolean()) {
      deadline = deadlines.in(grace(), passed);
    } else {
      passed.run();
    }
  }

  private long grace() {
    return 2 * lane.options().probeMillis();
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
    long due = lane.now() + remaining + grace();
    if (due < callerDeadline) {
      cancelDeadline();
      deadline = deadlines.in(remaining + grace(), passed);
    }
  }

  /** The dispatcher ended the call, and says what it logged as the wait. */
  void ended(Refused refused) {
    if (refused.hasWaitedMs()) {
      waited = refused.getWaitedMs();
    }
  }

  /** Milliseconds from the submit to the newest slot; while there was none, to now or the end. */
  long waited() {
    return waited >= 0 ? waited : lane.now() - submittedAt;
  }

  /** The call is over. */
  void stop() {
    waited = waited();
    cancelDeadline();
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel();
    }
  }
}
