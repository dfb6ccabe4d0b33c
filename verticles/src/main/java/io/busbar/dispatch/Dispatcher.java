package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.AttemptFailed;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Reject;
import io.busbar.bus.v1.Submit;
import io.busbar.bus.v1.Turn;
import io.busbar.dispatch.DispatchedCall.State;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerView;

/**
 * Life of the calls that entered on one lane: what each message and each alarm does to a call. A
 * call has at most one attempt at a time; before the next one is offered the one before is
 * cancelled. Everything may arrive twice, late or never.
 */
final class Dispatcher {
  /** Busy workers a call asks by itself before it waits in the queue. */
  private static final int BUSY_TRIES = 3;

  /** Least wait for another worker after an attempt failed. */
  private static final long LEAST_WAIT = 1000;

  private static final Failure NOT_CURRENT =
      Failure.of(FailureCode.CANCELLED, "not, or no longer, an attempt of this call");

  private final Lane lane;
  private final WorkerView view;
  private final CallAdmission admission;
  private final CallLedger ledger;
  private final CallEnds ends;
  private final Placement placement;

  Dispatcher(
      Lane lane,
      WorkerView view,
      CallAdmission admission,
      CallLedger ledger,
      CallEnds ends,
      Placement placement) {
    this.lane = lane;
    this.view = view;
    this.admission = admission;
    this.ledger = ledger;
    this.ends = ends;
    this.placement = placement;
  }

  // ---- from the caller ---------------------------------------------------------------------

  void submit(Endpoint from, Submit message) {
    CallId id = CallId.fromWire(message.getId());
    if (!ledger.isNew(id) && answered(from, id)) {
      return;
    }
    Failure refused = admission.refuses(message);
    if (refused != null) {
      ends.refuseAtOnce(from, id, message, refused);
      return;
    }
    DispatchedCall call = admission.enter(id, from, message);
    if (call.remoteCaller) {
      lane.send(from, Items.taken(call.wireId));
    }
    placement.place(call);
  }

  /** Tells a caller that repeats itself what holds now; false if the call is not known. */
  private boolean answered(Endpoint from, CallId id) {
    DispatchedCall call = ledger.active(id);
    if (call != null) {
      lane.send(
          from,
          call.state == State.RUNNING
              ? Items.assigned(lane.item(), call, lane.now())
              : Items.taken(call.wireId));
      return true;
    }
    FinishedCall end = ledger.finished(id, lane.now());
    if (end == null) {
      return false;
    }
    if (end.failure() != null) {
      lane.send(
          from,
          Items.refused(end.id(), end.failure(), end.retryAfter(), end.attempts(), end.waited()));
    }
    return true;
  }

  void attemptFailed(Endpoint from, AttemptFailed message) {
    CallId id = CallId.fromWire(message.getId());
    DispatchedCall call = ledger.active(id);
    if (call == null || call.state != State.RUNNING || message.getAttempt() != call.attempt) {
      if (!answered(from, id)) {
        lane.send(from, Items.refused(message.getId(), notKnown(), 0, message.getAttempt(), 0));
      }
      return;
    }
    long now = lane.now();
    call.waitUntil = Math.min(call.deadline, now + Math.max(LEAST_WAIT, call.waitLeft));
    Failure failure = Failure.fromWire(message.getFailure());
    if (failure.code() == FailureCode.BUSY) {
      placement.leaveBusy(call);
      // It said no although it seemed to have room: nobody asks it again at once.
      call.cell.failed(now);
      anotherAfterBusy(call, now);
    } else {
      placement.giveUpAttempt(call, failure, now);
    }
  }

  /** A busy worker does not count as a failed attempt: the next one, or the queue. */
  private void anotherAfterBusy(DispatchedCall call, long now) {
    if (call.turned || ++call.busyRejects >= BUSY_TRIES) {
      placement.enqueue(call, now);
    } else {
      placement.place(call);
    }
  }

  private Failure notKnown() {
    return Failure.of(FailureCode.INTERNAL, "the dispatcher does not know this call")
        .at(lane.node().name(), "");
  }

  void done(Done message) {
    DispatchedCall call = ledger.active(CallId.fromWire(message.getId()));
    if (call != null) {
      placement.forget(call);
      ends.done(call, message);
    }
  }

  // ---- from the worker ---------------------------------------------------------------------

  void accept(Endpoint from, Accept message) {
    DispatchedCall call = ledger.active(CallId.fromWire(message.getId()));
    boolean current = call != null && message.getAttempt() == call.attempt;
    if (current && call.state == State.RUNNING) {
      return;
    }
    if (!current || call.state != State.OFFERED) {
      lane.send(from, Items.cancel(message.getId(), message.getAttempt(), NOT_CURRENT));
      return;
    }
    long now = lane.now();
    if (message.getCapacity() > 0) {
      call.cell.answered(message.getRunning(), message.getCapacity(), now);
    }
    call.cell.wakeAsked(false);
    call.ahead = false;
    call.state = State.RUNNING;
    call.requestLimit = message.getRequestLimit();
    call.runUntil = Math.min(call.deadline, now + call.runTime());
    call.waitLeft = Math.max(0, call.waitUntil - now);
    call.assignedAt = now;
    call.assignedWall = call.submittedWall + (now - call.submittedAt);
    if (!call.everAssigned) {
      call.meters.placed(now - call.submittedAt);
    }
    call.everAssigned = true;
    if (call.queuedAt != 0) {
      call.pool.drainedOne();
      call.meters.waited(now - call.queuedAt);
      call.queuedAt = 0;
    }
    call.turned = false;
    call.forgetTried();
    lane.send(call.caller, Items.assigned(lane.item(), call, now));
    placement.setAlarm(call, now);
  }

  void reject(Reject message) {
    DispatchedCall call = ledger.active(CallId.fromWire(message.getId()));
    if (call == null || call.state != State.OFFERED || message.getAttempt() != call.attempt) {
      return;
    }
    long now = lane.now();
    WorkerCell cell = call.cell;
    cell.release();
    if (message.getCapacity() > 0) {
      cell.answered(message.getRunning(), message.getCapacity(), now);
    }
    call.state = State.NEW;
    call.tried(cell);
    placement.withdraw(call);
    call.meters.rejected();
    Failure failure =
        message.hasFailure()
            ? Failure.fromWire(message.getFailure())
            : Failure.of(FailureCode.BUSY, "the worker has no free slot");
    if (!failure.retrySafe()) {
      placement.refuse(call, failure);
    } else if (failure.code() == FailureCode.BUSY) {
      cell.wakeAsked(true);
      if (cell.hasRoom(now)) {
        // It said no although it has room: do not ask again at once.
        cell.failed(now);
      }
      anotherAfterBusy(call, now);
    } else {
      cell.failed(now);
      placement.pause(call, failure, now);
    }
  }

  // ---- from the home lane ------------------------------------------------------------------

  void turn(Turn message) {
    DispatchedCall call = ledger.active(CallId.fromWire(message.getId()));
    boolean waits = call != null && call.state == State.QUEUED;
    if (message.hasFailure()) {
      if (waits) {
        call.state = State.NEW;
        placement.refuse(call, Failure.fromWire(message.getFailure()));
      }
      return;
    }
    if (message.getWorker().isEmpty()) {
      if (waits && !call.remoteCaller) {
        lane.send(call.caller, Items.taken(call.wireId));
      }
      return;
    }
    WorkerCell cell = view.cell(message.getNodeId(), message.getWorker());
    if (cell == null || cell.serial() != message.getIncarnation()) {
      // Detached since; only the pool's count still has the reservation.
      view.configured(message.getPool()).own().down();
      if (waits) {
        placement.place(call);
      }
    } else if (waits) {
      call.turned = true;
      placement.offer(call, cell, lane.now());
    } else {
      cell.release();
      ends.roomAt(cell);
    }
  }

  // ---- nodes, stopping ---------------------------------------------------------------------

  void peerLeft(String nodeId) {
    long now = lane.now();
    for (DispatchedCall call : ledger.activeCalls()) {
      if (call.caller.node().equals(nodeId)) {
        placement.forget(call);
        ends.callerGone(call);
      } else if (call.state == State.OFFERED && call.place.endpoint().node().equals(nodeId)) {
        placement.giveUpAttempt(
            call, Failure.of(FailureCode.UNAVAILABLE, "the worker's node is gone"), now);
      }
    }
  }

  /** Ends a call on somebody's demand; false if it is not under way. */
  boolean cancel(CallId id, Failure reason) {
    DispatchedCall call = ledger.active(id);
    if (call == null) {
      return false;
    }
    placement.refuse(call, reason);
    return true;
  }

  void stop(Failure reason) {
    for (DispatchedCall call : ledger.activeCalls()) {
      placement.refuse(call, reason);
    }
  }
}
