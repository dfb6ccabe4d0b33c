package io.busbar.call.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Refused;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.CallResponse;
import io.busbar.call.CallServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * One call at its caller's end. Waits for the dispatcher's choice, follows one attempt at a time,
 * goes on to the next one while nothing is committed, ends once.
 */
final class ClientCall implements Call {
  private static final Failure ANSWERED = Failure.of(FailureCode.CANCELLED, "answered");
  private final LaneCalls owner;
  private final Lane lane;
  private final CallId id;
  private final Id wireId;
  private final CallRequest request;
  private final BusWriter writer;
  private final RequestBody body;
  private final DispatcherLink dispatcher;
  private final CallNews news = new CallNews();
  private final CallClock clock;
  private long responseLimit;

  /** Number of the attempt that is followed; 0 while there is none. */
  private int attempt;

  private int lastAttempt;
  private int attemptsShown;
  private Endpoint worker;
  private String workerId = "";
  private String workerNode = "";
  private Failure lastFailure;
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
    long window = lane.options().streamWindow();
    this.writer = lane.openWriter(new StreamSpec(id, 0, Direction.REQUEST, null, window, window));
    // The response tells how the attempt ended: a worker may answer without reading the body.
    writer.exceptionHandler(cause -> requestBroke(Failure.of(cause)));
    writer.commitHandler(nothing -> news.tellCommitted());
    this.body = new RequestBody(writer);
    this.dispatcher = new DispatcherLink(owner, this);
    this.clock =
        new CallClock(owner, request.remainingMillis(), this::waiting, this::deadlinePassed);
  }

  void start() {
    responseLimit = lane.firstLimit(lane.options().streamWindow());
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
    return news.response();
  }

  @Override
  public Future<Void> taken() {
    return news.taken();
  }

  @Override
  public Future<Void> committed() {
    return news.committed();
  }

  @Override
  public Future<CallEnd> end() {
    return news.end();
  }

  @Override
  public void cancel(Failure reason) {
    abort(reason);
  }

  // ---- the dispatcher's side ---------------------------------------------------------------

  /** The question that stands while no attempt is followed: place it, or place it elsewhere. */
  Item question() {
    if (lastFailure != null && dispatcher.knowsAttempt(lastAttempt)) {
      return CallItems.attemptFailed(wireId, lastAttempt, lastFailure);
    }
    return CallItems.submit(
        lane.item(), wireId, request, clock.remaining(), responseLimit, dispatcher.lastAttempt());
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
      news.tellTaken();
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
      clock.ended(refused);
      Failure why = Failure.fromWire(refused.getFailure());
      if (attempt != 0) {
        cancelAttempt(why);
      }
      finish(why, Timing.getDefaultInstance(), refused.getRetryAfterMs());
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
    news.tellTaken();
    attempt = assigned.getAttempt();
    lastAttempt = attempt;
    attemptsShown = dispatcher.attemptsShown(attempt);
    worker = at;
    workerId = assigned.getWorker();
    workerNode = assigned.getWorkerNode();
    clock.assigned(assigned.getRemainingMs());
    openResponse();
    if (writer.attempt() == 0) {
      writer.keepForRewind(assigned.getReplay());
    }
    if (!writer.rewind(attempt, at, assigned.getRequestLimit())) {
      Failure why = lastFailure == null ? lost("the request is not kept") : lastFailure;
      cancelAttempt(why);
      finish(why, Timing.getDefaultInstance(), 0);
      return;
    }
    if (!ended && !body.begun()) {
      lane.tell(
          at, CallServices.START, CallQuery.newBuilder().setId(wireId).setAttempt(attempt).build());
    }
  }

  @Override
  public long waitedMillis() {
    return clock.waited();
  }

  private void requestBroke(Failure failure) {
    if (waiting()) {
      // Without a peer it can only break when the lane itself goes.
      finish(failure, Timing.getDefaultInstance(), 0);
      return;
    }
    if (hasCommitted()) {
      body.close();
    }
    if (reader != null) {
      reader.probe();
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
    ResponseHead shown = head.getStatus() == 0 ? head.toBuilder().setStatus(200).build() : head;
    status = shown.getStatus();
    responseBody = new ResponseBody(stream);
    news.tellResponse(new CallResponse(shown, responseBody, workerId, workerNode, attemptsShown));
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
    cancelAttempt(failure);
    if (hasCommitted()) {
      finish(failure.withRetrySafe(false).at(workerNode, workerId), Timing.getDefaultInstance(), 0);
    } else {
      leaveAttempt(failure.withRetrySafe(true).at(workerNode, workerId));
      dispatcher.ask();
    }
  }

  private boolean hasCommitted() {
    return responseBody != null || writer.committed();
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
    writer.rewind(lastAttempt, null, lane.options().streamWindow());
  }

  private void cancelAttempt(Failure reason) {
    lane.send(worker, CallItems.cancel(wireId, attempt, reason));
  }

  private Failure lost(String detail) {
    return Failure.of(FailureCode.WORKER_LOST, detail).at(workerNode, workerId);
  }

  // ---- time and end ------------------------------------------------------------------------

  private void deadlinePassed() {
    boolean nothingDone = attempt == 0 && (lastFailure == null || lastFailure.retrySafe());
    abort(
        Failure.of(FailureCode.DEADLINE_EXCEEDED, "the call did not end in time")
            .withRetrySafe(nothingDone)
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
    clock.stop();
    if (reader != null) {
      responseBytes = reader.bytesDelivered();
      if (failure != null) {
        reader.abandon(failure);
      }
    }
    writer.abandon(failure == null ? ANSWERED : failure);
    CallEnd end =
        new CallEnd(
            failure,
            status,
            workerId,
            attemptsShown,
            body.written(),
            responseBytes,
            timing,
            retryAfter);
    dispatcher.done(CallItems.done(lane.item(), wireId, lastAttempt, end, clock.waited()));
    body.close();
    if (failure != null && responseBody != null) {
      responseBody.fail(failure);
    }
    news.tellEnd(end);
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
