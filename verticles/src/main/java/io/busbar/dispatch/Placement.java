package io.busbar.dispatch;

import io.busbar.bus.BusOptions;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Lane;
import io.busbar.dispatch.DispatchedCall.State;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerView;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** Finds a worker for a call: offers, pauses, the queue, and what happens when time passes. */
final class Placement {
  /** A caller that ends its call at the deadline gets this much longer to say so. */
  private static final long GRACE = 2000;

  /** How often a caller on another node is asked whether it still knows its call. */
  private static final long CALLER_CHECK = 5000;

  private static final int LONGEST_REPEAT = 16;

  private static final Failure SUPERSEDED =
      Failure.of(FailureCode.CANCELLED, "the call goes to another worker");

  private final Lane lane;
  private final WorkerView view;
  private final WorkerChoice choice;
  private final CallEnds ends;
  private final RandomGenerator random;
  private final BooleanSupplier memorySpent;
  private final Deadlines alarms;

  /**
   * @param memorySpent whether the node has no memory left for rewinds
   */
  Placement(
      Lane lane,
      WorkerView view,
      WorkerChoice choice,
      CallEnds ends,
      RandomGenerator random,
      BooleanSupplier memorySpent) {
    this.lane = lane;
    this.view = view;
    this.choice = choice;
    this.ends = ends;
    this.random = random;
    this.memorySpent = memorySpent;
    this.alarms = new Deadlines(lane);
  }

  void place(DispatchedCall call) {
    long now = lane.now();
    if (now > call.waitUntil) {
      refuse(call, overdue(call, now));
    } else if (call.pinned()) {
      placePinned(call, now);
    } else if (call.pool.waiting().get() > 0) {
      enqueue(call, now);
    } else {
      WorkerCell cell = choice.choose(call.pool, call, call.affinity, now);
      if (cell == null) {
        enqueue(call, now);
      } else {
        cell.reserve();
        offer(call, cell, now);
      }
    }
  }

  private void placePinned(DispatchedCall call, long now) {
    String id = call.submit.getWorker();
    WorkerCell cell = view.cell(call.submit.getWorkerNode(), id);
    if (cell == null || cell.pool() != call.pool) {
      refuse(
          call,
          Failure.of(
              FailureCode.NO_WORKER,
              "pool '" + call.pool.name() + "' has no worker '" + Failure.shorten(id, 100) + "'"));
    } else if (cell.place(lane.endpoint().lane()) == null) {
      refuse(call, Failure.of(FailureCode.UNAVAILABLE, "worker '" + id + "' takes no calls"));
    } else {
      cell.reserve();
      offer(call, cell, now);
    }
  }

  /** Offers the next attempt; the worker's load estimate counts it already. */
  void offer(DispatchedCall call, WorkerCell cell, long now) {
    WorkerCell.Place place = cell.place(lane.endpoint().lane());
    if (place == null) {
      // Detached or drained a moment ago.
      cell.release();
      call.state = State.NEW;
      call.turned = false;
      enqueue(call, now);
      return;
    }
    call.goesTo(cell);
    call.place = place;
    call.attempt++;
    call.offers++;
    call.state = State.OFFERED;
    call.offeredAt = now;
    call.repeatInterval = lane.options().probeMillis();
    call.repeatAt = now + call.repeatInterval;
    call.replay = memorySpent.getAsBoolean() ? 0 : replay(call.options);
    call.meters.offered();
    call.ahead = mayGoAhead(call, now);
    sendOffer(call, now);
    if (call.ahead) {
      BusOptions bus = lane.options();
      long limit = Math.min(bus.ahead(), bus.streamWindow());
      lane.send(call.caller, Items.offered(lane.item(), call, limit));
    }
    setAlarm(call, now);
  }

  /**
   * Whether the request's first frames may follow the offer before it is answered: the first time,
   * to another lane, from which an answer came a moment ago. What is sent into a silence may begin
   * late, so it is kept back.
   */
  private boolean mayGoAhead(DispatchedCall call, long now) {
    return call.offers == 1
        && lane.options().ahead() > 0
        && call.caller.equals(lane.endpoint())
        && !call.place.endpoint().equals(lane.endpoint())
        && !memorySpent.getAsBoolean()
        && call.cell.answeredLately(now);
  }

  /** Nobody took what was on offer: its caller keeps the frames back again. */
  void withdraw(DispatchedCall call) {
    if (call.ahead) {
      call.ahead = false;
      lane.send(call.caller, Items.taken(call.wireId));
    }
  }

  private long replay(PoolOptions options) {
    return options.replay() >= 0 ? options.replay() : lane.options().streamWindow();
  }

  private void sendOffer(DispatchedCall call, long now) {
    lane.send(
        call.place.endpoint(),
        Items.offer(lane.item(), call, lane.endpoint(), ends.home(call.pool).lane(), now));
  }

  void enqueue(DispatchedCall call, long now) {
    if (now >= call.waitUntil) {
      refuse(call, overdue(call, now));
      return;
    }
    call.forgetTried();
    call.turned = false;
    if (call.pinned()) {
      pause(call, Failure.of(FailureCode.BUSY, "the worker has no free slot"), now);
      return;
    }
    call.state = State.QUEUED;
    if (call.queuedAt == 0) {
      call.queuedAt = now;
    }
    lane.send(ends.home(call.pool), Items.enqueue(call));
    setAlarm(call, now);
  }

  /** The worker took the call and found no room for it. */
  void leaveBusy(DispatchedCall call) {
    call.meters.busy();
    call.tried(call.cell);
    ends.leave(call, SUPERSEDED);
  }

  /** The attempt came to nothing: cancel it, leave its worker alone for a while, go on. */
  void giveUpAttempt(DispatchedCall call, Failure failure, long now) {
    call.cell.failed(now);
    call.tried(call.cell);
    ends.leave(call, SUPERSEDED);
    withdraw(call);
    pause(call, failure, now);
  }

  void pause(DispatchedCall call, Failure failure, long now) {
    call.lastFailure = failure;
    call.failedAttempts++;
    call.meters.attemptFailed();
    PoolOptions.Retry retry = call.options.retry();
    if (retry.maxAttempts() > 0 && call.failedAttempts >= retry.maxAttempts()) {
      refuse(call, failure);
      return;
    }
    call.state = State.PAUSED;
    call.pauseUntil =
        Math.min(
            now + retry.pause(call.failedAttempts, random.nextDouble()),
            Math.max(now, call.waitUntil));
    setAlarm(call, now);
  }

  void refuse(DispatchedCall call, Failure failure) {
    forget(call);
    ends.refuse(
        call,
        failure.node().isEmpty() ? failure.at(lane.node().name(), failure.worker()) : failure);
  }

  /** Why a call ends that found no worker in time. */
  private Failure overdue(DispatchedCall call, long now) {
    String waited = " after " + (now - call.submittedAt) + " ms";
    boolean nothingDone = call.lastFailure == null || call.lastFailure.retrySafe();
    boolean nobody = call.pool.workers().size() == 0;
    if (now >= call.deadline && !(nobody && nothingDone)) {
      return Failure.of(FailureCode.DEADLINE_EXCEEDED, "no worker had taken the call" + waited)
          .withRetrySafe(!call.everAssigned || nothingDone);
    }
    if (call.lastFailure != null && call.lastFailure.code() != FailureCode.BUSY) {
      return call.lastFailure;
    }
    if (nobody) {
      return Failure.of(
          FailureCode.NO_WORKER, "pool '" + call.pool.name() + "' had no worker" + waited);
    }
    return Failure.of(
        FailureCode.QUEUE_TIMEOUT,
        "every worker of pool '" + call.pool.name() + "' was busy" + waited);
  }

  /** No alarm rings any more for this call. */
  void forget(DispatchedCall call) {
    if (call.alarm != null) {
      call.alarm.cancel();
      call.alarm = null;
    }
  }

  // ---- time --------------------------------------------------------------------------------

  void setAlarm(DispatchedCall call, long now) {
    long at =
        switch (call.state) {
          case QUEUED -> call.waitUntil;
          case PAUSED -> call.pauseUntil;
          case OFFERED -> Math.min(call.repeatAt, Math.min(call.deadline, silentAt(call)));
          case RUNNING -> call.runUntil + GRACE;
          case NEW, ENDED -> throw new IllegalStateException("no alarm in state " + call.state);
        };
    if (call.remoteCaller) {
      if (call.askCallerAt == 0) {
        call.askCallerAt = now + CALLER_CHECK;
      }
      at = Math.min(at, call.askCallerAt);
    }
    if (call.alarm != null) {
      if (call.alarmAt <= at) {
        // Rings early, finds nothing due and is set again: cheaper than moving it at each step.
        return;
      }
      call.alarm.cancel();
    }
    call.alarmAt = at;
    call.alarm =
        alarms.in(
            at - now,
            () -> {
              call.alarm = null;
              alarm(call);
            });
  }

  /** When a worker that does not answer an offer is given up. */
  private long silentAt(DispatchedCall call) {
    long patience = Math.max(call.options.reserve(), 4 * lane.options().probeMillis());
    // It may run already, so it is lost when a running one is.
    return call.offeredAt
        + (call.ahead ? Math.max(patience, lane.options().lostAfterMillis()) : patience);
  }

  private void alarm(DispatchedCall call) {
    long now = lane.now();
    switch (call.state) {
      case QUEUED -> {
        if (now >= call.waitUntil) {
          refuse(call, overdue(call, now));
          return;
        }
      }
      case PAUSED -> {
        if (now >= call.pauseUntil) {
          call.state = State.NEW;
          place(call);
          return;
        }
      }
      case OFFERED -> {
        if (now >= call.deadline) {
          refuse(call, overdue(call, now));
          return;
        }
        if (now >= silentAt(call)) {
          giveUpAttempt(call, silent(call), now);
          return;
        }
        if (now >= call.repeatAt) {
          call.repeatInterval =
              Math.min(call.repeatInterval * 2, lane.options().probeMillis() * LONGEST_REPEAT);
          call.repeatAt = now + call.repeatInterval;
          sendOffer(call, now);
        }
      }
      case RUNNING -> {
        if (now >= call.runUntil + GRACE) {
          refuse(
              call,
              Failure.of(FailureCode.DEADLINE_EXCEEDED, "the call did not end within its time"));
          return;
        }
      }
      case NEW, ENDED -> {
        return;
      }
    }
    if (call.remoteCaller && now >= call.askCallerAt) {
      call.askCallerAt = now + CALLER_CHECK;
      lane.send(call.caller, Items.taken(call.wireId));
    }
    setAlarm(call, now);
  }

  private Failure silent(DispatchedCall call) {
    return Failure.of(FailureCode.UNAVAILABLE, "the worker did not answer an offer")
        .at(lane.node().name(), call.workerId());
  }
}
