package io.busbar.dispatch;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Dequeue;
import io.busbar.bus.v1.Enqueue;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Refused;
import io.busbar.bus.v1.Room;
import io.busbar.bus.v1.Submit;
import io.busbar.bus.v1.Taken;
import io.busbar.failure.Failure;
import io.busbar.registry.WorkerCell;

/** The bus items a dispatcher sends. */
final class Items {
  static Item offer(Item.Builder item, DispatchedCall call, Endpoint self, int wakeLane, long now) {
    Submit submit = call.submit;
    Offer.Builder offer =
        Offer.newBuilder()
            .setId(call.wireId)
            .setAttempt(call.attempt)
            .setWorker(call.cell.workerId())
            .setWorkerIncarnation(call.place.incarnation())
            .setPool(call.pool.name())
            .setHead(submit.getHead())
            .setRemainingMs(call.remaining(now))
            .setTimeoutMs(call.timeout)
            .setPriority(submit.getPriority())
            .setTenant(submit.getTenant())
            .setResponseLimit(submit.getResponseLimit())
            .setReserveMs(call.options.reserve())
            .setReplay(call.replay)
            .setSettleMs(call.options.settle())
            .setWakeLane(wakeLane)
            .setWake(true)
            .setWaitedMs(Math.max(0, now - call.submittedAt));
    if (call.ahead) {
      offer.setAhead(true);
    }
    if (!call.caller.equals(self)) {
      offer.setCallerNode(call.caller.node()).setCallerLane(call.caller.lane());
    }
    return item.setOffer(offer).build();
  }

  static Item assigned(Item.Builder item, DispatchedCall call, long now) {
    return item.setAssigned(
            assigned(call)
                .setRequestLimit(call.requestLimit)
                .setRemainingMs(Math.max(1, call.runUntil - now)))
        .build();
  }

  /** What was offered and may be sent to already. */
  static Item offered(Item.Builder item, DispatchedCall call, long limit) {
    return item.setAssigned(assigned(call).setRequestLimit(limit).setOffered(true)).build();
  }

  private static Assigned.Builder assigned(DispatchedCall call) {
    return Assigned.newBuilder()
        .setId(call.wireId)
        .setAttempt(call.attempt)
        .setNode(call.place.endpoint().node())
        .setLane(call.place.endpoint().lane())
        .setWorker(call.cell.workerId())
        .setWorkerNode(call.cell.announced().getNode())
        .setReplay(call.replay);
  }

  static Item taken(Id id) {
    return Item.newBuilder().setTaken(Taken.newBuilder().setId(id)).build();
  }

  static Item refused(Id id, Failure failure, long retryAfter, int attempts, long waited) {
    return Item.newBuilder()
        .setRefused(
            Refused.newBuilder()
                .setId(id)
                .setFailure(failure.toWire())
                .setRetryAfterMs(retryAfter)
                .setAttempts(attempts)
                .setWaitedMs(waited))
        .build();
  }

  static Item cancel(Id id, int attempt, Failure reason) {
    return Item.newBuilder()
        .setCancel(Cancel.newBuilder().setId(id).setAttempt(attempt).setReason(reason.toWire()))
        .build();
  }

  static Item enqueue(DispatchedCall call) {
    return Item.newBuilder()
        .setEnqueue(
            Enqueue.newBuilder()
                .setId(call.wireId)
                .setPool(call.pool.name())
                .setTenant(call.submit.getTenant())
                .setPriority(call.submit.getPriority())
                .setSince(call.submittedAt)
                .setAffinity(call.affinity))
        .build();
  }

  static Item dequeue(DispatchedCall call) {
    return Item.newBuilder()
        .setDequeue(Dequeue.newBuilder().setId(call.wireId).setPool(call.pool.name()))
        .build();
  }

  static Item room(WorkerCell cell) {
    return Item.newBuilder()
        .setRoom(
            Room.newBuilder()
                .setPool(cell.pool().name())
                .setNodeId(cell.nodeId())
                .setWorker(cell.workerId()))
        .build();
  }

  private Items() {}
}
