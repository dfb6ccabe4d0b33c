package io.busbar.worker.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.SlotFree;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerAdapter;
import io.busbar.worker.WorkerPort;
import io.vertx.core.Future;

/** One worker on one lane: whether it takes a call, and who hears of a free slot. */
final class AttachedWorker implements WorkerPort.Attachment {
  private static final long WAKE_MILLIS = 50;

  private final LanePort port;
  private final Lane lane;
  private final WorkerInfo info;
  private final Slots slots;
  private final WorkerAdapter adapter;
  private boolean detached;
  private Lane.Timer wakeTimer;

  AttachedWorker(LanePort port, WorkerInfo info, Slots slots, WorkerAdapter adapter) {
    this.port = port;
    this.lane = port.lane();
    this.info = info;
    this.slots = slots;
    this.adapter = adapter;
  }

  String id() {
    return info.getWorkerId();
  }

  long incarnation() {
    return info.getIncarnation();
  }

  Slots slots() {
    return slots;
  }

  WorkerAdapter adapter() {
    return adapter;
  }

  /** Of a worker with adapters on every lane only the home lane speaks. */
  boolean announcedHere() {
    return info.getLane() == lane.endpoint().lane();
  }

  void counted() {
    slots.counted();
  }

  @Override
  public WorkerInfo info() {
    String unhealthy = slots.unhealthy();
    int taken = slots.running();
    WorkerStatus status;
    if (slots.draining()) {
      status = WorkerStatus.WORKER_DRAINING;
    } else if (unhealthy != null) {
      status = WorkerStatus.WORKER_UNHEALTHY;
    } else {
      status = taken >= slots.capacity() ? WorkerStatus.WORKER_BUSY : WorkerStatus.WORKER_IDLE;
    }
    return info.toBuilder()
        .setStatus(status)
        .setCapacity(slots.capacity())
        .setRunningTasks(taken)
        .setLastError(unhealthy == null ? slots.description().lastError() : unhealthy)
        .setState(slots.description().state())
        .setCalls(slots.calls())
        .build();
  }

  /** Why the worker does not take this call, slots aside; null = it does. */
  Failure refuses(OfferedCall call) {
    String node = lane.node().name();
    if (slots.draining()) {
      return Failure.of(FailureCode.DRAINING, "the worker is draining").at(node, id());
    }
    String unhealthy = slots.unhealthy();
    if (unhealthy != null) {
      return Failure.of(FailureCode.UNAVAILABLE, unhealthy).at(node, id());
    }
    try {
      Failure refusal = adapter.refuses(call);
      return refusal == null ? null : refusal.at(node, id());
    } catch (RuntimeException e) {
      return Failure.of(e).withRetrySafe(true).at(node, id());
    }
  }

  @Override
  public void drain() {
    slots.drain(true);
    port.announcer().changedNow(this);
  }

  @Override
  public void resume() {
    slots.drain(false);
    port.announcer().changedNow(this);
    wakeAll();
  }

  @Override
  public void unhealthy(String reason) {
    slots.unhealthy(reason);
    port.announcer().changedNow(this);
    if (reason == null) {
      wakeAll();
    }
  }

  @Override
  public Future<Void> detach(Failure reason) {
    if (!detached) {
      detached = true;
      port.detached(this);
      Failure gone = reason.at(lane.node().name(), id());
      for (Attempt attempt : port.attempts()) {
        if (attempt.worker() == this) {
          attempt.workerLost(gone);
        }
      }
      if (wakeTimer != null) {
        wakeTimer.cancel();
      }
    }
    return Future.succeededFuture();
  }

  /** Gives a slot back and tells who waits for one. */
  void free() {
    slots.free();
    if (slots.interested().isEmpty() || detached) {
      return;
    }
    if (slots.running() == 0) {
      wakeAll();
    } else {
      wakeNext();
    }
  }

  private void wakeAll() {
    while (wakeNext()) {}
  }

  /** Wakes one; if that one does not want the slot, the next one a little later. */
  private boolean wakeNext() {
    if (slots.running() >= slots.capacity()) {
      return false;
    }
    Endpoint next = slots.interested().next(lane.now());
    if (next == null) {
      return false;
    }
    wake(next);
    if (wakeTimer == null) {
      wakeTimer = lane.timer(WAKE_MILLIS, this::dropSilent);
    }
    return true;
  }

  private void dropSilent() {
    wakeTimer = null;
    if (detached) {
      return;
    }
    boolean more = slots.interested().dropSilent(lane.now() - WAKE_MILLIS);
    if (!wakeNext() && more) {
      wakeTimer = lane.timer(WAKE_MILLIS, this::dropSilent);
    }
  }

  private void wake(Endpoint to) {
    lane.send(
        to,
        Item.newBuilder()
            .setSlotFree(
                SlotFree.newBuilder()
                    .setWorker(id())
                    .setPool(info.getPool())
                    .setRunning(slots.running())
                    .setCapacity(slots.capacity()))
            .build());
  }
}
