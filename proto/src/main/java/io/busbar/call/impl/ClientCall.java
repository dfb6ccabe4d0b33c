package io.busbar.call.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Assigned;
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
  private final Followed now = new Followed();
  private long responseLimit;
  private int attemptsShown;
  private Failure lastFailure;
  private ResponseBody responseBody;
  private int status;
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
    writer.commitHandler(
        nothing -> {
          vouch();
          news.tellCommitted();
        });
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
    abort(reason, 0);
  }

  // ---- the dispatcher's side ---------------------------------------------------------------

  /** The question that stands while no attempt is followed: place it, or place it elsewhere. */
  Item question() {
    if (lastFailure != null && dispatcher.knowsAttempt(now.last())) {
      return CallItems.attemptFailed(wireId, now.last(), lastFailure);
    }
    return CallItems.submit(
        lane.item(), wireId, request, clock.remaining(), responseLimit, dispatcher.lastAttempt());
  }

  /** Whether no worker is known to have the call. */
  boolean waiting() {
    return !ended && (!now.any() || now.offered());
  }

  int lastSeenAttempt() {
    return now.last();
  }

  void taken(Endpoint from) {
    if (!dispatcher.heard(from)) {
      owner.over(from, wireId, 0);
    } else if (now.offered()) {
      forgetOffered();
    } else {
      news.tellTaken();
    }
  }

  void assigned(Endpoint from, Assigned assigned) {
    Endpoint at = new Endpoint(assigned.getNode(), assigned.getLane());
    int number = assigned.getAttempt();
    if (now.is(number, at)) {
      if (dispatcher.heard(from) && !now.confirmed() && !assigned.getOffered()) {
        writer.confirmed(assigned.getRequestLimit());
        confirmed(assigned);
      }
    } else if (assigned.getOffered()) {
      if (!now.any() && number > now.last()) {
        goAhead(assigned, at);
      }
    } else if (!dispatcher.heard(from)) {
      owner.refuse(assigned, "another dispatcher places the call");
      owner.over(from, wireId, number);
    } else if (number <= now.last()) {
      owner.refuse(assigned, "the attempt is over");
      if (!now.any()) {
        dispatcher.ask();
      }
    } else if (now.any() && hasCommitted()) {
      owner.refuse(assigned, "attempt " + now.number() + " is committed");
    } else {
      if (now.any()) {
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
      abort(Failure.fromWire(refused.getFailure()), refused.getRetryAfterMs());
    }
  }

  void peerLeft(String node) {
    dispatcher.peerLeft(node);
  }

  /** Nobody places the call any more. */
  void dispatcherGone(Failure failure) {
    if (waiting()) {
      abort(failure, 0);
    }
  }

  // ---- an attempt --------------------------------------------------------------------------

  private void begin(Assigned assigned, Endpoint at) {
    now.begin(assigned, at);
    attemptsShown = dispatcher.attemptsShown(now.number());
    openResponse();
    if (writer.attempt() == 0) {
      writer.keepForRewind(assigned.getReplay());
    }
  }

  private void follow(Assigned assigned, Endpoint at) {
    begin(assigned, at);
    if (writer.rewind(now.number(), at, assigned.getRequestLimit())) {
      confirmed(assigned);
    } else {
      Failure lost = Failure.of(FailureCode.WORKER_LOST, "the request is not kept");
      abort(lastFailure == null ? now.located(lost) : lastFailure, 0);
    }
  }

  /** The attempt is on offer: what fits goes right behind the offer. */
  private void goAhead(Assigned assigned, Endpoint at) {
    begin(assigned, at);
    if (!writer.goAhead(now.number(), at, assigned.getRequestLimit())) {
      forgetOffered();
    }
  }

  private void confirmed(Assigned assigned) {
    now.confirm();
    news.tellTaken();
    clock.assigned(assigned.getRemainingMs());
    if (!ended && !body.begun()) {
      owner.start(now.worker(), wireId, now.number());
    }
  }

  /** The worker speaks before its accept was heard: the dispatcher must not give it up. */
  private void vouch() {
    if (now.offered() && !ended) {
      now.taken();
      news.tellTaken();
      dispatcher.vouch(CallItems.accept(wireId, now.number(), lane.options().smallestGrant()));
    }
  }

  /** What was on offer came to nothing, the dispatcher goes on; false if the request cannot. */
  private boolean forgetOffered() {
    int number = now.number();
    now.forget(Failure.of(FailureCode.CANCELLED, "not taken"));
    return writer.rewind(number, null, lane.options().streamWindow());
  }

  @Override
  public long waitedMillis() {
    return clock.waited();
  }

  private void requestBroke(Failure failure) {
    if (now.offered() && !hasCommitted() ? !forgetOffered() : !ended && !now.any()) {
      // Without a peer it can only break when the lane itself goes.
      abort(failure, 0);
      return;
    }
    if (hasCommitted()) {
      body.close();
    }
    if (now.reader() != null) {
      now.reader().probe();
    }
  }

  private void openResponse() {
    int current = now.number();
    BusReader stream =
        lane.openReader(
            new StreamSpec(id, current, Direction.RESPONSE, now.worker(), responseLimit, 0));
    now.reads(stream);
    stream.headHandler(head -> onHead(current, stream, head));
    stream.outcomeHandler(outcome -> onOutcome(current, outcome));
    stream.exceptionHandler(cause -> onBroken(current, Failure.of(cause)));
  }

  private void onHead(int number, BusReader stream, ResponseHead head) {
    if (ended || !now.is(number) || responseBody != null) {
      return;
    }
    vouch();
    ResponseHead shown = head.getStatus() == 0 ? head.toBuilder().setStatus(200).build() : head;
    status = shown.getStatus();
    responseBody = new ResponseBody(stream);
    news.tellResponse(
        new CallResponse(shown, responseBody, now.workerId(), now.workerNode(), attemptsShown));
  }

  private void onOutcome(int number, Outcome outcome) {
    if (ended || !now.is(number)) {
      return;
    }
    vouch();
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
    boolean late = failure.code() == FailureCode.BUSY && responseBody == null;
    finish(late ? failure.afterCommit() : failure, outcome.getTiming(), 0);
  }

  private void onBroken(int number, Failure failure) {
    if (ended || !now.is(number)) {
      return;
    }
    if (hasCommitted()) {
      abort(now.located(failure.withRetrySafe(false)), 0);
    } else if (now.offered()) {
      forgetOffered();
    } else {
      cancelAttempt(failure);
      leaveAttempt(now.located(failure.withRetrySafe(true)));
      dispatcher.ask();
    }
  }

  /** Nothing was committed: the next attempt may start from the first byte. */
  private void leaveAttempt(Failure failure) {
    lastFailure = failure;
    now.leave(failure);
    writer.rewind(now.last(), null, lane.options().streamWindow());
  }

  private void cancelAttempt(Failure reason) {
    lane.send(now.worker(), CallItems.cancel(wireId, now.number(), reason));
  }

  // ---- time and end ------------------------------------------------------------------------

  private void deadlinePassed() {
    boolean nothingDone = !now.any() && (lastFailure == null || lastFailure.retrySafe());
    Failure late = Failure.of(FailureCode.DEADLINE_EXCEEDED, "the call did not end in time");
    abort(late.withRetrySafe(nothingDone).at(lane.node().name(), now.workerId()), 0);
  }

  /** Ends the call from this side. */
  private void abort(Failure reason, long retryAfter) {
    if (now.any() && !ended) {
      cancelAttempt(reason);
    }
    finish(reason, Timing.getDefaultInstance(), retryAfter);
  }

  private void finish(Failure failure, Timing timing, long retryAfter) {
    if (ended) {
      return;
    }
    ended = true;
    owner.ended(this);
    clock.stop();
    long responseBytes = 0;
    if (now.reader() != null) {
      responseBytes = now.reader().bytesDelivered();
      if (failure != null) {
        now.reader().abandon(failure);
      }
    }
    writer.abandon(failure == null ? ANSWERED : failure);
    CallEnd end =
        new CallEnd(
            failure,
            status,
            now.workerId(),
            attemptsShown,
            body.written(),
            responseBytes,
            timing,
            retryAfter);
    dispatcher.done(CallItems.done(lane.item(), wireId, now.last(), end, clock.waited()));
    body.close();
    if (failure != null && responseBody != null) {
      responseBody.fail(failure);
    }
    news.tellEnd(end);
  }

  private boolean hasCommitted() {
    return responseBody != null || writer.committed();
  }

  /** Whether that attempt is the one this call relies on. */
  boolean follows(int number) {
    return !ended && number != 0 && now.is(number);
  }

  CallState.Builder state() {
    return CallItems.state(wireId, request, now)
        .setState(ended ? "ended" : waiting() ? "waiting" : "running")
        .setAttempts(attemptsShown)
        .setStatus(status)
        .setRequestBytes(body.written())
        .setNode(lane.node().name());
  }
}
