package io.busbar.bus.impl;

import io.busbar.bus.BusWriter;
import io.busbar.bus.Endpoint;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;

/** Writing end of a stream on a lane. */
final class WriterEnd extends StreamEnd implements BusWriter {
  private static final Failure ENDED = Failure.of(FailureCode.INTERNAL, "the stream has ended");

  final WriterState state;

  /** Reader of the opposite direction, whose reports ride on the frames; null = none here. */
  ReaderEnd twin;

  /** Null until the peer is known. */
  Outbox box;

  boolean queued;
  boolean draining;

  /** Whether the lane's own round will look at it. */
  boolean handing;

  private final Streams streams;

  /** Made when it first waits for the reader: most never do. */
  private Silence silence;

  private final boolean startsAgain;
  private Promise<Void> end;
  private Failure failure;
  private boolean drainWanted;
  private boolean commitTold;
  private Handler<Void> drainHandler;
  private Handler<Void> commitHandler;
  private Handler<Throwable> exceptionHandler;

  WriterEnd(Streams streams, StreamSpec spec) {
    super(spec.id());
    this.streams = streams;
    this.state =
        new WriterState(
            spec.attempt(),
            spec.direction(),
            streams.options.frame(),
            spec.limit(),
            streams.memory.affordable(spec.replay()),
            streams.memory);
    this.startsAgain = spec.peer() == null;
    this.box = spec.peer() == null ? null : streams.box(spec.peer());
  }

  @Override
  Direction direction() {
    return state.direction();
  }

  boolean isWith(Endpoint peer) {
    return box != null && box.to.equals(peer);
  }

  boolean boxFull() {
    return box != null && box.full();
  }

  // ---- the owner

  @Override
  public int attempt() {
    return state.attempt();
  }

  @Override
  public void head(ResponseHead head) {
    if (failure == null) {
      state.head(head);
      streams.ready(this);
    }
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (failure != null) {
      return Future.failedFuture(failure.toException());
    }
    if (state.ended()) {
      return Future.failedFuture(new IllegalStateException("write after the end of " + id()));
    }
    state.data(Bytes.of(data));
    streams.ready(this);
    watch();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end(Outcome outcome) {
    if (failure != null) {
      return Future.failedFuture(failure.toException());
    }
    if (state.ended()) {
      return end.future();
    }
    end = Promise.promise();
    state.outcome(outcome);
    streams.ready(this);
    watch();
    return end.future();
  }

  @Override
  public boolean writeQueueFull() {
    drainWanted = failure == null && full();
    if (drainWanted) {
      watch();
    }
    return drainWanted;
  }

  /** When memory runs low, what cannot leave at once is not taken in. */
  private boolean full() {
    return streams.memory.scarce()
        ? state.full(0) || state.written() > state.sent()
        : state.full(streams.options.frame());
  }

  @Override
  public void confirmed(long limit) {
    if (failure == null) {
      state.confirmed(limit);
      streams.ready(this);
      sent();
    }
  }

  @Override
  public boolean rewind(int attempt, Endpoint peer, long limit) {
    return again(attempt, peer, limit, false);
  }

  @Override
  public boolean goAhead(int attempt, Endpoint peer, long limit) {
    return again(attempt, peer, limit, true);
  }

  private boolean again(int attempt, Endpoint peer, long limit, boolean ahead) {
    if (failure != null || !state.canRewind()) {
      return false;
    }
    settle(-state.inFlight());
    streams.forget(this);
    part();
    state.rewind(attempt, limit);
    if (ahead) {
      state.goAhead();
    }
    box = peer == null ? null : streams.box(peer);
    // In the queue of the old peer it is passed over; it enters that of the new one.
    queued = false;
    if (silence != null) {
      silence.disarm();
    }
    streams.register(this);
    streams.ready(this);
    watch();
    drained();
    return true;
  }

  @Override
  public void keepForRewind(long bytes) {
    state.replay(streams.memory.affordable(bytes));
  }

  @Override
  public boolean committed() {
    return state.committed();
  }

  @Override
  public void abandon(Failure reason) {
    if (failure == null) {
      close(reason);
      if (end != null) {
        end.tryFail(reason.toException());
      }
    }
  }

  // ---- the reader

  @Override
  long handOver() {
    return streams.own().handOver(this);
  }

  void report(long received, long released, long limit, boolean resend) {
    long before = state.inFlight();
    long sent = state.sent();
    int result = state.report(received, released, limit, resend);
    if ((result & WriterState.BAD) != 0) {
      streams.observer.garbage("report beyond what was sent");
      return;
    }
    settle(state.inFlight() - before);
    if (silence != null) {
      heard((result & WriterState.ADVANCED) != 0);
    }
    if ((result & WriterState.RESEND) != 0) {
      streams.observer.resent(sent - state.sent());
    }
    if ((result & WriterState.DONE) != 0) {
      done(result);
      return;
    }
    streams.ready(this);
    watch();
    committed(result);
    drained();
  }

  private void heard(boolean advanced) {
    long now = streams.io.now();
    long rtt = silence.heard(now);
    if (rtt >= 0) {
      streams.observer.probeAnswered(rtt);
    }
    if (advanced) {
      silence.restart(now);
    }
  }

  private void done(int result) {
    committed(result);
    if (failure == null) {
      close(ENDED);
      if (end != null) {
        end.tryComplete();
      }
    }
  }

  private void committed(int result) {
    if ((result & WriterState.COMMITTED) != 0 && !commitTold) {
      commitTold = true;
      if (commitHandler != null) {
        commitHandler.handle(null);
      }
    }
  }

  void probed() {
    if (silence != null) {
      silence.heard(streams.io.now());
    }
    ask();
  }

  void sent() {
    watch();
    drained();
  }

  private void settle(long change) {
    if (change != 0 && box != null) {
      box.peer.inFlight += change;
      if (change < 0 && !box.peer.ready.isEmpty()) {
        streams.dirty(box.peer);
      }
    }
  }

  private void drained() {
    if (drainWanted && failure == null && !full()) {
      streams.drainLater(this);
    }
  }

  void drain() {
    if (drainWanted && failure == null && !full()) {
      drainWanted = false;
      if (drainHandler != null) {
        drainHandler.handle(null);
      }
    }
  }

  // ---- time

  private boolean waits() {
    return failure == null && box != null && (state.waits() || drainWanted);
  }

  private void watch() {
    if (!waits()) {
      streams.writersWatch.remove(this);
    } else if (place < 0) {
      if (silence == null) {
        silence = Silence.ofWriter(streams.options);
      }
      silence.disarm();
      silence.arm(streams.io.now());
      streams.writersWatch.add(this);
    }
  }

  @Override
  void tick(long now) {
    if (!waits()) {
      streams.writersWatch.remove(this);
      return;
    }
    drained();
    switch (silence.tick(now)) {
      case ASK -> ask();
      case LOST -> fail(Failure.of(FailureCode.NODE_LOST, "no answer from node " + box.to.node()));
      case WAIT -> {}
    }
  }

  private void ask() {
    streams.probe(this, box, state.sent(), false);
  }

  // ---- the end

  /** The reader is lost; a writer that can start again waits for another one. */
  void fail(Failure reason) {
    if (!startsAgain || failure != null || !state.canRewind()) {
      shut(reason);
    } else if (box != null) {
      rewind(state.attempt(), null, streams.options.streamWindow());
      tellBroken(reason);
    }
  }

  /** The stream is over for good. */
  void shut(Failure reason) {
    if (failure == null) {
      abandon(reason);
      tellBroken(reason);
    }
  }

  private void tellBroken(Failure reason) {
    streams.observer.streamBroken();
    if (exceptionHandler != null) {
      exceptionHandler.handle(reason.toException());
    }
  }

  private void close(Failure reason) {
    failure = reason;
    settle(-state.inFlight());
    state.close();
    streams.forget(this);
    part();
    twin = null;
  }

  // ---- figures and handlers

  @Override
  public long bytesWritten() {
    return state.dataWritten();
  }

  @Override
  public long bytesHeld() {
    return state.held();
  }

  @Override
  public BusWriter commitHandler(Handler<Void> handler) {
    commitHandler = handler;
    return this;
  }

  @Override
  public BusWriter drainHandler(Handler<Void> handler) {
    drainHandler = handler;
    return this;
  }

  @Override
  public BusWriter exceptionHandler(Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }
}
