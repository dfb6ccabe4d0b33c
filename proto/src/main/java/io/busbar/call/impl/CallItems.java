package io.busbar.call.impl;

import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.AttemptFailed;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Submit;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.failure.Failure;

/** The items a caller sends. */
final class CallItems {

  static Item submit(
      Item.Builder item,
      Id id,
      CallRequest request,
      long remaining,
      long responseLimit,
      int lastAttempt) {
    Submit.Builder submit =
        Submit.newBuilder()
            .setId(id)
            .setPool(request.pool())
            .setHead(request.head())
            .setRemainingMs(remaining)
            .setTimeoutMs(request.timeoutMillis())
            .setPriority(request.priority())
            .setTenant(request.tenant())
            .setAffinity(request.affinity())
            .setResponseLimit(responseLimit)
            .setLastAttempt(lastAttempt);
    if (request.only() != null) {
      submit.setWorker(request.only().workerId()).setWorkerNode(request.only().nodeId());
    }
    return item.setSubmit(submit).build();
  }

  static Item attemptFailed(Id id, int attempt, Failure failure) {
    return Item.newBuilder()
        .setAttemptFailed(
            AttemptFailed.newBuilder().setId(id).setAttempt(attempt).setFailure(failure.toWire()))
        .build();
  }

  /** On behalf of a worker that shows by what it sends that it took the attempt. */
  static Item accept(Id id, int attempt, long requestLimit) {
    return Item.newBuilder()
        .setAccept(Accept.newBuilder().setId(id).setAttempt(attempt).setRequestLimit(requestLimit))
        .build();
  }

  static Item cancel(Id id, int attempt, Failure reason) {
    return Item.newBuilder()
        .setCancel(Cancel.newBuilder().setId(id).setAttempt(attempt).setReason(reason.toWire()))
        .build();
  }

  static Item done(Item.Builder item, Id id, int attempt, CallEnd end, long waitedMillis) {
    Done.Builder done =
        Done.newBuilder()
            .setId(id)
            .setAttempt(attempt)
            .setRequestBytes(end.requestBytes())
            .setResponseBytes(end.responseBytes())
            .setStatus(end.status())
            .setTiming(end.timing())
            .setWaitedMs(waitedMillis);
    if (end.failure() != null) {
      done.setFailure(end.failure().toWire());
    }
    return item.setDone(done).build();
  }

  /** For a call that nobody here follows. */
  static Item over(Id id, int attempt, Failure why) {
    return Item.newBuilder()
        .setDone(Done.newBuilder().setId(id).setAttempt(attempt).setFailure(why.toWire()))
        .build();
  }

  /** What is known of a call from its request and the attempt it follows. */
  static CallState.Builder state(Id id, CallRequest request, Followed attempt) {
    return CallState.newBuilder()
        .setId(id)
        .setPool(request.pool())
        .setWorker(attempt.workerId())
        .setWorkerNode(attempt.workerNode())
        .setClientId(request.head().getClientId())
        .setTenant(request.tenant())
        .setDetached(request.head().getDetached());
  }

  private CallItems() {}
}
