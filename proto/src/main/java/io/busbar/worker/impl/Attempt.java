package io.busbar.worker.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.BusWriter;
import io.busbar.bus.CallId;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * One accepted attempt: holds a slot from the accept to its end, is reserved until the caller's
 * first frame, served from then on.
 */
final class Attempt implements ServedCall {
  private static final long DEFAULT_RESERVE_MILLIS = 2000;
  private static final Failure ANSWERED = Failure.of(FailureCode.CANCELLED, "answered");

  private final LanePort port;
  private final Lane lane;
  private final AttachedWorker worker;
  private final OfferedCall call;
  private final Id wireId;
  private final Endpoint caller;
  private final Endpoint dispatcher;
  private final Offer offer;
  private final long requestLimit;
  private final CommitRule commit;
  private final AttemptTiming timing;
  private BusReader reader;
  private BusWriter writer;
  private ServedRequest request;
  private ServedResponse response;
  private Deadlines.Deadline alarm;
  private long reservedUntil;
  private long limit;
  private long endsAt;
  private boolean functionsLimit;
  private long checkedAt;
  private boolean serving;
  private boolean ended;
  private boolean slotHeld;
  private boolean slotFreed;
  private Failure cancelledWith;
  private Handler<Failure> cancelHandler;

  Attempt(
      LanePort port,
      AttachedWorker worker,
      OfferedCall call,
      Endpoint caller,
      Endpoint dispatcher,
      Offer offer) {
    this.port = port;
    this.lane = port.lane();
    this.worker = worker;
    this.call = call;
    this.wireId = offer.getId();
    this.caller = caller;
    this.dispatcher = dispatcher;
    this.offer = offer;
    long replay = offer.getReplay();
    this.requestLimit = lane.firstLimit(Math.max(lane.options().streamWindow(), replay));
    this.commit =
        CommitRule.of(
            lane,
            worker.adapter(),
            Math.min(replay, requestLimit),
            call.head().getContentLength(),
            offer.getSettleMs());
    this.timing = AttemptTiming.accepted(offer.getWaitedMs());
  }

  /** From the accept on: the slot is taken, nothing runs. */
  void reserve() {
    checkedAt = lane.now();
    reader =
        lane.openReader(
            new StreamSpec(
                call.id(),
                call.attempt(),
                Direction.REQUEST,
                caller,
                requestLimit,
                offer.getReplay()));
    commit.watch(reader);
    reader.arrivalHandler(nothing -> start());
    reader.exceptionHandler(this::requestBroke);
    reservedUntil = checkedAt + reserveMillis();
    limitTime();
    setAlarm(Math.min(reservedUntil, endsAt));
  }

  private long reserveMillis() {
    return offer.getReserveMs() > 0 ? offer.getReserveMs() : DEFAULT_RESERVE_MILLIS;
  }

  /** One for reservation and end: it may ring early, finds nothing due and is set again. */
  private void setAlarm(long at) {
    if (at != Long.MAX_VALUE) {
      alarm = port.deadlines().in(at - lane.now(), this::alarm);
    }
  }

  private void alarm() {
    long now = lane.now();
    if (now >= endsAt) {
      deadlinePassed();
      return;
    }
    boolean lapsed = !serving && now >= reservedUntil;
    setAlarm(serving || lapsed ? endsAt : Math.min(reservedUntil, endsAt));
    if (lapsed) {
      reservationLapsed();
    }
  }

  private void limitTime() {
    long remaining = call.remainingMillis() > 0 ? call.remainingMillis() : Long.MAX_VALUE;
    long timeout =
        call.timeoutMillis() > 0
            ? call.timeoutMillis() + worker.adapter().headroomMillis()
            : Long.MAX_VALUE;
    limit = Math.min(remaining, timeout);
    functionsLimit = timeout <= remaining;
    endsAt = limit > Long.MAX_VALUE - checkedAt ? Long.MAX_VALUE : checkedAt + limit;
  }

  private void reservationLapsed() {
    port.watch()
        .follows(this, reserveMillis())
        .onComplete(
            follows -> {
              if (follows.succeeded() && follows.result()) {
                start();
              } else {
                cancel(Failure.of(FailureCode.CALLER_GONE, "nobody came for the reserved slot"));
              }
            });
  }

  /** The caller follows this attempt: its first frame came, or it said so. */
  void start() {
    if (ended || serving) {
      return;
    }
    serving = true;
    checkedAt = lane.now();
    port.watch().started(this);
    worker.counted();
    timing.started();
    try {
      writer = openResponse();
    } catch (IllegalStateException answeredBefore) {
      cancel(Failure.of(FailureCode.CANCELLED, answeredBefore.getMessage()));
      return;
    }
    // After the end nobody listens: what the caller did not read is dropped by the stream.
    writer.exceptionHandler(cause -> cancel(callerGone(Failure.of(cause))));
    request = new ServedRequest(reader);
    response = new ServedResponse(this, writer);
    try {
      worker.adapter().serve(this);
    } catch (RuntimeException e) {
      fail(Failure.of(FailureCode.WORKER_FAILED, Failure.of(e).detail()));
    }
  }

  private BusWriter openResponse() {
    return lane.openWriter(
        new StreamSpec(
            call.id(),
            call.attempt(),
            Direction.RESPONSE,
            caller,
            Math.max(offer.getResponseLimit(), lane.options().smallestGrant()),
            0));
  }

  private void requestBroke(Throwable cause) {
    cancel(callerGone(Failure.of(cause)));
    if (request != null) {
      request.broke(cause);
    }
  }

  private static Failure callerGone(Failure how) {
    return Failure.of(FailureCode.CALLER_GONE, how.code().wireName() + ": " + how.detail());
  }

  private void deadlinePassed() {
    Failure late =
        Failure.of(FailureCode.DEADLINE_EXCEEDED, "did not end within " + limit + " ms")
            .withUser(functionsLimit)
            .at(lane.node().name(), worker.id());
    if (serving && !ended) {
      finish(Outcome.newBuilder().setFailure(late.toWire()).build(), late);
    } else {
      cancel(late);
    }
  }

  /** The worker went away under the call. */
  void workerLost(Failure gone) {
    if (serving) {
      Failure told = gone.withRetrySafe(!committed());
      finish(Outcome.newBuilder().setFailure(told.toWire()).build(), told);
    } else {
      cancel(gone);
    }
  }

  /** Nobody wants the answer any more. */
  void cancel(Failure reason) {
    if (ended) {
      return;
    }
    ended = true;
    if (writer != null) {
      writer.abandon(reason);
      response.close();
    }
    leave(reason, false);
    tellCancel(reason);
    letSlotGo();
  }

  private void finish(Outcome outcome, Failure cancelled) {
    if (ended) {
      return;
    }
    ended = true;
    response.finish(timing.measured(outcome));
    leave(ANSWERED, offer.getAhead());
    if (cancelled != null) {
      tellCancel(cancelled);
    }
    letSlotGo();
  }

  private void leave(Failure reason, boolean served) {
    commit.close();
    reader.abandon(reason);
    alarm.cancel();
    port.over(this, served);
  }

  /** After the cancel was told: its handler may still want to keep the slot. */
  private void letSlotGo() {
    if (!slotHeld && !slotFreed) {
      slotFreed = true;
      worker.free();
    }
  }

  private void tellCancel(Failure reason) {
    cancelledWith = reason;
    Handler<Failure> handler = cancelHandler;
    cancelHandler = null;
    if (handler != null) {
      handler.handle(reason);
    }
  }

  // ---- as the adapter sees it --------------------------------------------------------------

  @Override
  public OfferedCall offer() {
    return call;
  }

  @Override
  public long remainingMillis() {
    return endsAt == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, endsAt - lane.now());
  }

  @Override
  public ReadStream<Buffer> request() {
    return request;
  }

  @Override
  public void respond(ResponseHead head) {
    if (!ended) {
      response.head(head);
    }
  }

  @Override
  public WriteStream<Buffer> response() {
    return response;
  }

  @Override
  public void end(Outcome outcome) {
    finish(outcome, null);
  }

  @Override
  public void fail(Failure failure) {
    end(Outcome.newBuilder().setFailure(located(failure).toWire()).build());
  }

  private Failure located(Failure failure) {
    return failure.node().isEmpty() ? failure.at(lane.node().name(), worker.id()) : failure;
  }

  @Override
  public void commit() {
    if (!ended) {
      commit.now();
    }
  }

  @Override
  public boolean committed() {
    return commit.done();
  }

  @Override
  public boolean ended() {
    return ended;
  }

  @Override
  public void cancelHandler(Handler<Failure> handler) {
    if (cancelledWith != null) {
      handler.handle(cancelledWith);
    } else {
      cancelHandler = handler;
    }
  }

  @Override
  public Runnable holdSlot() {
    if (slotFreed) {
      return () -> {};
    }
    slotHeld = true;
    return () -> {
      slotHeld = false;
      if (ended) {
        letSlotGo();
      }
    };
  }

  // ---- as the port sees it -----------------------------------------------------------------

  CallId id() {
    return call.id();
  }

  Id wireId() {
    return wireId;
  }

  int number() {
    return call.attempt();
  }

  AttachedWorker worker() {
    return worker;
  }

  Endpoint caller() {
    return caller;
  }

  Endpoint dispatcher() {
    return dispatcher;
  }

  long requestLimit() {
    return requestLimit;
  }

  long checkedAt() {
    return checkedAt;
  }

  void checked(long now) {
    checkedAt = now;
  }
}
