package io.busbar.call.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.AttemptFailed;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Refused;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Submit;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.call.CallServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * One call at its caller's end. Waits for the dispatcher's choice, follows one attempt at a time,
 * goes on to the next one while nothing is committed, ends once.
 */
final class ClientCall implements Call {
  private static final int OK = 200;

  private final LaneCalls owner;
  private final Lane lane;
  private final CallId id;
  private final Id wireId;
  private final CallRequest request;
  private final RequestBody body;
  private final DispatcherLink dispatcher;
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<Void> taken = Promise.promise();
  private final Promise<Void> committed = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private final long callerDeadline;
  private Deadlines.Deadline deadline;
  private long responseLimit;

  /** Number of the attempt that is followed; 0 while there is none. */
  private int attempt;

  private int lastAttempt;
  private int attemptsShown;
  private Endpoint worker;
  private String workerId = "";
  private String workerNode = "";
  private Failure lastFailure;
  private BusWriter writer;
  private BusReader reader;
  private ResponseBody responseBody;
  private int status;
  private long responseBytes;
  private boolean ended;

  ClientCall(LaneCalls owner, CallId id, CallRequest request) {
    this.owner = owner;
    this.lane = owner.lane();
    this.id = id;
    this.wireId = id.toWire();
    this.request = request;
    this.body = new RequestBody(lane.options().streamWindow());
    this.dispatcher = new DispatcherLink(owner, this);
    this.callerDeadline =
        request.remainingMillis() > 0 ? lane.now() + request.remainingMillis() : Long.MAX_VALUE;
  }

  void start() {
    responseLimit = lane.firstLimit(lane.options().streamWindow());
    if (callerDeadline != Long.MAX_VALUE) {
      deadline = owner.deadlines().in(request.remainingMillis(), this::deadlinePassed);
    }
    dispatcher.connect();
  }

  @Override
  public CallId id() {
    return id;
  }

  @Override
  public WriteStream<Buffer> body() {
    return body;
  }

  @Override
  public Future<CallResponse> response() {
    return response.future();
  }

  @Override
  public Future<Void> taken() {
    return taken.future();
  }

  @Override
  public Future<Void> committed() {
    return committed.future();
  }

  @Override
  public Future<CallEnd> end() {
    return end.future();
  }

  @Override
  public void cancel(Failure reason) {
    abort(reason);
  }

  // ---- the dispatcher's side ---------------------------------------------------------------

  /** The question that stands while no attempt is followed: place it, or place it elsewhere. */
  Item question() {
    if (lastFailure != null && dispatcher.knowsAttempt(lastAttempt)) {
      return Item.newBuilder()
          .setAttemptFailed(
              AttemptFailed.newBuilder()
                  .setId(wireId)
                  .setAttempt(lastAttempt)
                  .setFailure(lastFailure.toWire()))
          .build();
    }
    long remaining = 0;
    if (callerDeadline != Long.MAX_VALUE) {
      remaining = Math.max(1, callerDeadline - lane.now());
    }
    return Item.newBuilder()
        .setSubmit(
            Submit.newBuilder()
                .setId(wireId)
                .setPool(request.pool())
                .setHead(request.head())
                .setRemainingMs(remaining)
                .setTimeoutMs(request.timeoutMillis())
                .setPriority(request.priority())
                .setTenant(request.tenant())
                .setAffinity(request.affinity())
                .setResponseLimit(responseLimit)
                .setLastAttempt(dispatcher.lastAttempt()))
        .build();
  }

  boolean waiting() {
    return !ended && attempt == 0;
  }

  int lastSeenAttempt() {
    return lastAttempt;
  }

  void taken(Endpoint from) {
    if (!dispatcher.heard(from)) {
      owner.over(from, wireId, 0);
    } else {
      taken.tryComplete();
    }
  }

  void assigned(Endpoint from, Assigned assigned) {
    Endpoint at = new Endpoint(assigned.getNode(), assigned.getLane());
    int number = assigned.getAttempt();
    if (number == attempt && at.equals(worker)) {
      dispatcher.heard(from);
      return;
    }
    if (!dispatcher.heard(from)) {
      owner.refuse(assigned, "another dispatcher places the call");
      owner.over(from, wireId, number);
    } else if (number <= lastAttempt) {
      owner.refuse(assigned, "the attempt is over");
      if (attempt == 0) {
        dispatcher.ask();
      }
    } else if (attempt != 0 && hasCommitted()) {
      owner.refuse(assigned, "attempt " + attempt + " is committed");
    } else {
      if (attempt != 0) {
        leaveAttempt(Failure.of(FailureCode.CANCELLED, "the dispatcher chose another worker"));
      }
      follow(assigned, at);
    }
  }

  void refused(Endpoint from, Refused refused) {
    if (dispatcher.heard(from)) {
      dispatcher.close();
      attemptsShown = Math.max(attemptsShown, refused.getAttempts());
      if (attempt != 0) {
        cancelAttempt(Failure.fromWire(refused.getFailure()));
      }
      finish(
          Failure.fromWire(refused.getFailure()),
          Timing.getDefaultInstance(),
          refused.getRetryAfterMs());
    }
  }

  void peerLeft(String node) {
    dispatcher.peerLeft(node);
  }

  /** Nobody places the call any more. */
  void dispatcherGone(Failure failure) {
    if (waiting()) {
      finish(failure, Timing.getDefaultInstance(), 0);
    }
  }

  // ---- an attempt --------------------------------------------------------------------------

  private void follow(Assigned assigned, Endpoint at) {
    taken.tryComplete();
    attempt = assigned.getAttempt();
    lastAttempt = attempt;
    attemptsShown = dispatcher.attemptsShown(attempt);
    worker = at;
    workerId = assigned.getWorker();
    workerNode = assigned.getWorkerNode();
    limitTime(assigned.getRemainingMs());
    openResponse();
    if (writer == null) {
      openRequest(assigned);
    } else if (!writer.rewind(attempt, at, assigned.getRequestLimit())) {
      Failure why = lastFailure == null ? lost("rewind refused") : lastFailure;
      cancelAttempt(why);
      finish(why, Timing.getDefaultInstance(), 0);
      return;
    }
    if (!ended && !body.begun()) {
      lane.tell(
          at, CallServices.START, CallQuery.newBuilder().setId(wireId).setAttempt(attempt).build());
    }
  }

  private void openRequest(Assigned assigned) {
    writer =
        lane.openWriter(
            new StreamSpec(
                id,
                attempt,
                Direction.REQUEST,
                worker,
                assigned.getRequestLimit(),
                assigned.getReplay()));
    writer.commitHandler(nothing -> committed.tryComplete());
    // The response tells how the attempt ended: a worker may answer without reading the body.
    writer.exceptionHandler(cause -> requestBroke());
    body.attach(writer);
  }

  private void requestBroke() {
    if (responseBody != null) {
      body.close();
    }
  }

  private void openResponse() {
    int current = attempt;
    BusReader stream =
        lane.openReader(new StreamSpec(id, current, Direction.RESPONSE, worker, responseLimit, 0));
    reader = stream;
    stream.headHandler(head -> onHead(current, stream, head));
    stream.outcomeHandler(outcome -> onOutcome(current, outcome));
    stream.exceptionHandler(cause -> onBroken(current, Failure.of(cause)));
  }

  private void onHead(int number, BusReader stream, ResponseHead head) {
    if (ended || number != attempt || responseBody != null) {
      return;
    }
    status = head.getStatus() == 0 ? OK : head.getStatus();
    ResponseHead shown = head.getStatus() == 0 ? head.toBuilder().setStatus(OK).build() : head;
    responseBody = new ResponseBody(stream);
    committed.tryComplete();
    response.tryComplete(
        new CallResponse(shown, responseBody, workerId, workerNode, attemptsShown));
  }

  private void onOutcome(int number, Outcome outcome) {
    if (ended || number != attempt) {
      return;
    }
    if (!outcome.hasFailure()) {
      finish(null, outcome.getTiming(), 0);
      return;
    }
    Failure failure = Failure.fromWire(outcome.getFailure());
    if (failure.retrySafe() && !hasCommitted()) {
      leaveAttempt(failure);
      dispatcher.ask();
      return;
    }
    if (failure.code() == FailureCode.BUSY && responseBody == null) {
      failure =
          new Failure(
              FailureCode.BUSY_AFTER_COMMIT,
              failure.detail(),
              true,
              failure.user(),
              failure.status(),
              failure.node(),
              failure.worker());
    }
    finish(failure, outcome.getTiming(), 0);
  }

  private void onBroken(int number, Failure failure) {
    if (ended || number != attempt) {
      return;
    }
    if (hasCommitted()) {
      cancelAttempt(failure);
      finish(failure.withRetrySafe(false).at(workerNode, workerId), Timing.getDefaultInstance(), 0);
    } else {
      cancelAttempt(failure);
      leaveAttempt(failure.withRetrySafe(true).at(workerNode, workerId));
      dispatcher.ask();
    }
  }

  private boolean hasCommitted() {
    return responseBody != null || (writer != null && writer.committed());
  }

  /** Nothing was committed: the next attempt may start from the first byte. */
  private void leaveAttempt(Failure failure) {
    lastFailure = failure;
    attempt = 0;
    worker = null;
    BusReader left = reader;
    reader = null;
    if (left != null) {
      left.abandon(failure);
    }
  }

  private void cancelAttempt(Failure reason) {
    lane.send(
        worker,
        Item.newBuilder()
            .setCancel(
                Cancel.newBuilder().setId(wireId).setAttempt(attempt).setReason(reason.toWire()))
            .build());
  }

  private Failure lost(String detail) {
    return Failure.of(FailureCode.WORKER_LOST, detail).at(workerNode, workerId);
  }

  // ---- time and end ------------------------------------------------------------------------

  private void limitTime(long remaining) {
    if (remaining <= 0) {
      return;
    }
    // The worker's side watches the same limit and knows more; its word has time to arrive.
    long due = lane.now() + remaining + 2 * lane.options().probeMillis();
    if (due < callerDeadline) {
      if (deadline != null) {
        deadline.cancel();
      }
      deadline = owner.deadlines().in(due - lane.now(), this::deadlinePassed);
    }
  }

  private void deadlinePassed() {
    abort(
        Failure.of(FailureCode.DEADLINE_EXCEEDED, "the call did not end in time")
            .at(lane.node().name(), workerId));
  }

  /** Ends the call from this side. */
  private void abort(Failure reason) {
    if (!ended) {
      if (attempt != 0) {
        cancelAttempt(reason);
      }
      finish(reason, Timing.getDefaultInstance(), 0);
    }
  }

  private void finish(Failure failure, Timing timing, long retryAfter) {
    if (ended) {
      return;
    }
    ended = true;
    owner.ended(this);
    if (deadline != null) {
      deadline.cancel();
    }
    if (reader != null) {
      responseBytes = reader.bytesDelivered();
      if (failure != null) {
        reader.abandon(failure);
      }
    }
    if (writer != null) {
      writer.abandon(failure == null ? Failure.of(FailureCode.CANCELLED, "answered") : failure);
    }
    dispatcher.done(doneItem(failure, timing));
    body.close();
    if (failure == null) {
      committed.tryComplete();
    } else {
      taken.tryFail(failure.toException());
      committed.tryFail(failure.toException());
      response.tryFail(failure.toException());
      if (responseBody != null) {
        responseBody.fail(failure);
      }
    }
    end.complete(
        new CallEnd(
            failure,
            status,
            workerId,
            attemptsShown,
            body.written(),
            responseBytes,
            timing,
            retryAfter));
  }

  private Item doneItem(Failure failure, Timing timing) {
    Done.Builder done =
        Done.newBuilder()
            .setId(wireId)
            .setAttempt(lastAttempt)
            .setRequestBytes(body.written())
            .setResponseBytes(responseBytes)
            .setStatus(status)
            .setTiming(timing);
    if (failure != null) {
      done.setFailure(failure.toWire());
    }
    return Item.newBuilder().setDone(done).build();
  }

  /** Whether that attempt is the one this call relies on. */
  boolean follows(int number) {
    return !ended && number != 0 && number == attempt;
  }

  CallState.Builder state() {
    return CallState.newBuilder()
        .setId(wireId)
        .setPool(request.pool())
        .setState(ended ? "ended" : attempt == 0 ? "waiting" : "running")
        .setWorker(workerId)
        .setWorkerNode(workerNode)
        .setAttempts(attemptsShown)
        .setStatus(status)
        .setRequestBytes(body.written())
        .setClientId(request.head().getClientId())
        .setNode(lane.node().name())
        .setTenant(request.tenant())
        .setDetached(request.head().getDetached());
  }
}
