package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Submit;
import io.busbar.dispatch.DispatchedCall.State;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;

/** How calls leave: from an attempt, from the queue, and for good, once each. */
final class CallEnds {
  private static final Done NOTHING = Done.getDefaultInstance();

  private final Lane lane;
  private final int lanes;
  private final CallLedger ledger;
  private final CallMeters meters;
  private final Runnable idle;

  /**
   * @param idle told whenever a call ended and none is left
   */
  CallEnds(Lane lane, int lanes, CallLedger ledger, CallMeters meters, Runnable idle) {
    this.lane = lane;
    this.lanes = lanes;
    this.ledger = ledger;
    this.meters = meters;
    this.idle = idle;
  }

  /** A call that may not enter. */
  void refuseAtOnce(Endpoint caller, CallId id, Submit submit, Failure failure) {
    meters.other().refused(failure.code());
    long retryAfter = failure.code() == FailureCode.DRAINING ? 0 : 1000;
    if (!failure.retrySafe()) {
      retryAfter = 0;
    }
    long wall = System.currentTimeMillis();
    FinishedCall end =
        new FinishedCall(
            submit.getId(),
            Failure.shorten(submit.getPool(), 100),
            "",
            "",
            0,
            wall,
            0,
            wall,
            lane.now(),
            0,
            failure,
            retryAfter,
            0,
            0,
            0,
            submit.getHead().getClientId(),
            submit.getTenant(),
            submit.getHead().getDetached());
    ledger.finish(id, end, lane.now());
    CallLog.ended(id, end, 0);
    lane.send(caller, Items.refused(submit.getId(), failure, retryAfter, 0, 0));
  }

  /** Ends a call that no worker took to its end, and tells its caller. */
  void refuse(DispatchedCall call, Failure failure) {
    long retryAfter =
        failure.retrySafe() && failure.httpStatus() == 503
            ? call.pool.retryAfter(lane.now(), Math.max(1000, call.options.queueTimeout() / 4))
            : 0;
    leave(call, failure);
    lane.send(
        call.caller,
        Items.refused(call.wireId, failure, retryAfter, call.offers, call.waited(lane.now())));
    finish(call, failure, retryAfter, NOTHING);
  }

  /** Ends a call whose caller is over with it. */
  void done(DispatchedCall call, Done done) {
    Failure failure = done.hasFailure() ? Failure.fromWire(done.getFailure()) : null;
    WorkerCell cell = call.cell;
    boolean served = call.state == State.RUNNING || (call.state == State.OFFERED && call.ahead);
    if (served && failure == null && done.getAttempt() == call.attempt) {
      cell.succeeded();
      release(call);
    } else {
      if (cell != null && failure != null && workerIsGone(failure.code())) {
        cell.failed(lane.now());
      }
      leave(
          call,
          failure != null ? failure : Failure.of(FailureCode.CANCELLED, "the caller is done"));
    }
    finish(call, failure, 0, done);
  }

  /** Ends a call whose caller's node is gone. */
  void callerGone(DispatchedCall call) {
    Failure failure =
        Failure.of(FailureCode.CALLER_GONE, "the node where the call entered is gone")
            .at(lane.node().name(), "");
    leave(call, failure);
    finish(call, failure, 0, NOTHING);
  }

  /** Takes the call out of its attempt, telling the worker, or out of the queue. */
  void leave(DispatchedCall call, Failure reason) {
    switch (call.state) {
      case OFFERED, RUNNING -> {
        lane.send(call.place.endpoint(), Items.cancel(call.wireId, call.attempt, reason));
        release(call);
      }
      case QUEUED -> lane.send(home(call.pool), Items.dequeue(call));
      case NEW, PAUSED, ENDED -> {}
    }
    call.state = State.NEW;
  }

  /** Gives back the estimate of load at the attempt's worker; waiting calls may go there. */
  void release(DispatchedCall call) {
    WorkerCell cell = call.cell;
    cell.release();
    call.state = State.NEW;
    roomAt(cell);
  }

  /** Tells the queue, if calls wait, that a call left this worker. */
  void roomAt(WorkerCell cell) {
    if (cell.pool().waiting().get() > 0) {
      lane.send(home(cell.pool()), Items.room(cell));
    }
  }

  /** The lane of this node that keeps a pool's queue. */
  Endpoint home(WorkerPool pool) {
    return new Endpoint(lane.endpoint().node(), pool.homeLane(lanes));
  }

  private void finish(DispatchedCall call, Failure failure, long retryAfter, Done done) {
    call.state = State.ENDED;
    long now = lane.now();
    long duration = now - call.submittedAt;
    WorkerCell cell = call.cell;
    FinishedCall end =
        new FinishedCall(
            call.wireId,
            call.pool.name(),
            call.workerId(),
            cell == null ? "" : cell.announced().getNode(),
            call.offers,
            call.submittedWall,
            call.assignedWall,
            call.submittedWall + duration,
            now,
            done.hasWaitedMs() ? done.getWaitedMs() : call.waited(now),
            failure,
            retryAfter,
            done.getStatus(),
            done.getRequestBytes(),
            done.getResponseBytes(),
            call.submit.getHead().getClientId(),
            call.submit.getTenant(),
            call.submit.getHead().getDetached());
    ledger.finish(call.id, end, now);
    call.meters.ended(
        failure == null ? null : failure.code(),
        duration,
        done.getRequestBytes(),
        done.getResponseBytes());
    call.meters.attempts(call.offers);
    CallLog.ended(call.id, end, duration);
    if (ledger.activeCount() == 0) {
      idle.run();
    }
  }

  private static boolean workerIsGone(FailureCode code) {
    return code == FailureCode.WORKER_LOST
        || code == FailureCode.NODE_LOST
        || code == FailureCode.BUSY_AFTER_COMMIT;
  }
}
