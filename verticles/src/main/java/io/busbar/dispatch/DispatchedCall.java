package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Submit;
import io.busbar.failure.Failure;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;

/** A call on its way, as its dispatcher knows it. Times are the lane's monotonic milliseconds. */
final class DispatchedCall {
  /** Workers of this call that did not take it; the oldest is forgotten first. */
  private static final int REMEMBERED = 4;

  enum State {
    NEW,
    QUEUED,
    PAUSED,
    OFFERED,
    RUNNING,
    ENDED
  }

  final CallId id;
  final Id wireId;
  final Endpoint caller;
  final boolean remoteCaller;
  final Submit submit;
  final WorkerPool pool;
  final PoolOptions options;
  final CallMeters.PoolMeters meters;
  final long submittedAt;
  final long submittedWall;
  final long timeout;
  final long affinity;

  State state = State.NEW;

  /** Moves once, when the caller set none and a dialled runner gets the call. */
  long deadline;

  int attempt;
  WorkerCell cell;
  WorkerCell.Place place;

  /** No slot by then: the call ends. Moves on while an attempt runs. */
  long waitUntil;

  /** What was left of the wait when the attempt that runs was assigned. */
  long waitLeft;

  /** The one alarm of the call; it may ring before its time is up, never after. */
  Deadlines.Deadline alarm;

  long alarmAt;
  long askCallerAt;
  long queuedAt;
  long offeredAt;
  long pauseUntil;
  long repeatAt;
  long repeatInterval;
  long assignedAt;
  long assignedWall;
  long runUntil;
  long requestLimit;

  /** Its first frames may be on their way behind the offer that is not answered yet. */
  boolean ahead;

  long replay;
  int offers;
  int busyRejects;
  int failedAttempts;
  private final boolean bounded;
  private boolean extended;
  boolean turned;
  boolean everQueued;
  boolean everAssigned;
  Failure lastFailure;

  private final WorkerCell[] tried = new WorkerCell[REMEMBERED];
  private int triedCount;

  DispatchedCall(
      CallId id,
      Endpoint caller,
      boolean remoteCaller,
      Submit submit,
      WorkerPool pool,
      PoolOptions options,
      CallMeters.PoolMeters meters,
      long affinity,
      long now,
      long wall) {
    this.id = id;
    this.wireId = submit.getId();
    this.caller = caller;
    this.remoteCaller = remoteCaller;
    this.submit = submit;
    this.pool = pool;
    this.options = options;
    this.meters = meters;
    this.affinity = affinity;
    this.submittedAt = now;
    this.submittedWall = wall;
    this.attempt = submit.getLastAttempt();
    long wait = submit.getHead().getDetached() ? options.placing() : options.queueTimeout();
    this.timeout = submit.getTimeoutMs() > 0 ? submit.getTimeoutMs() : options.timeout();
    this.bounded = submit.getRemainingMs() > 0;
    long remaining = bounded ? submit.getRemainingMs() : wait + timeout;
    this.deadline = later(now, remaining);
    this.waitUntil = Math.min(later(now, wait), deadline);
  }

  /** The next attempt is there. The first one on a dialled runner brings the pool's headroom. */
  void goesTo(WorkerCell worker) {
    cell = worker;
    if (worker.dialled() && !bounded && !extended) {
      extended = true;
      deadline = later(deadline, options.headroom());
    }
  }

  /** From slot to end, with what a dialled runner does not count. */
  long runTime() {
    return timeout + (cell.dialled() ? options.headroom() : 0);
  }

  private static long later(long now, long millis) {
    return now + Math.min(Math.max(millis, 0), Long.MAX_VALUE / 4);
  }

  /** Only one worker may run it; never in the queue. */
  boolean pinned() {
    return !submit.getWorker().isEmpty();
  }

  long remaining(long now) {
    return Math.max(1, deadline - now);
  }

  /** Milliseconds until the newest slot; without one, until now. */
  long waited(long now) {
    return (everAssigned ? assignedAt : now) - submittedAt;
  }

  void tried(WorkerCell worker) {
    tried[triedCount++ % REMEMBERED] = worker;
  }

  boolean hasTried(WorkerCell worker) {
    if (triedCount == 0) {
      return false;
    }
    for (WorkerCell one : tried) {
      if (one == worker) {
        return true;
      }
    }
    return false;
  }

  boolean triedAny() {
    return triedCount > 0;
  }

  void forgetTried() {
    for (int i = 0; i < REMEMBERED; i++) {
      tried[i] = null;
    }
    triedCount = 0;
    busyRejects = 0;
  }

  String workerId() {
    return cell == null ? "" : cell.workerId();
  }
}
