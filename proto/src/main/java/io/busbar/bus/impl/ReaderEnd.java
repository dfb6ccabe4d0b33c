package io.busbar.bus.impl;

import io.busbar.bus.BusReader;
import io.busbar.bus.StreamSpec;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;

/** Reading end of a stream on a lane. */
final class ReaderEnd extends StreamEnd implements BusReader {
  final ReaderState state;
  final Outbox box;
  boolean reporting;

  private final Streams streams;
  private final long replay;

  /** Made at the first look at it: most are over by then. */
  private Silence silence;

  private long demand;
  private long bytesDelivered;
  private boolean arriving;
  private boolean delivering;
  private boolean deliveryDue;
  private boolean outcomeTold;
  private boolean closed;
  private Handler<ResponseHead> headHandler;
  private Handler<Void> arrivalHandler;
  private Handler<Outcome> outcomeHandler;
  private Handler<Long> receivedHandler;
  private Handler<Buffer> dataHandler;
  private Handler<Void> endHandler;
  private Handler<Throwable> exceptionHandler;

  ReaderEnd(Streams streams, StreamSpec spec, Outbox box) {
    super(spec.id());
    this.streams = streams;
    this.replay = spec.replay();
    this.box = box;
    this.state =
        new ReaderState(
            spec.attempt(),
            spec.direction(),
            streams.options.smallestGrant(),
            streams.options.streamWindow(),
            spec.limit(),
            streams.memory);
  }

  @Override
  Direction direction() {
    return state.direction();
  }

  // ---- the owner

  @Override
  public int attempt() {
    return state.attempt();
  }

  @Override
  public void withhold() {
    state.withhold(replay);
  }

  @Override
  public void release() {
    if (closed || !state.withholding()) {
      return;
    }
    state.release();
    reportIfDue();
    if (outcomeTold) {
      close(true);
    }
  }

  @Override
  public boolean withholding() {
    return state.withholding();
  }

  @Override
  public long received() {
    return state.received();
  }

  @Override
  public long bytesDelivered() {
    return bytesDelivered;
  }

  @Override
  public BusReader pause() {
    demand = 0;
    return this;
  }

  @Override
  public BusReader resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public BusReader fetch(long amount) {
    if (amount < 0) {
      throw new IllegalArgumentException("fetch " + amount + ", expected at least 0");
    }
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    deliverLater();
    return this;
  }

  @Override
  public void probe() {
    if (!closed && !state.complete()) {
      ask();
    }
  }

  @Override
  public void abandon(Failure reason) {
    if (!closed) {
      close(false);
    }
  }

  // ---- the writer

  void frame(Piece piece) {
    // Whoever asks for data meanwhile gets it at the end of this, without a task of its own.
    arriving = true;
    try {
      arrived(piece);
    } catch (RuntimeException e) {
      arriving = false;
      deliverLater();
      throw e;
    }
    arriving = false;
  }

  private void arrived(Piece piece) {
    boolean head = piece.head != null;
    int size = piece.data.size();
    int result = state.frame(piece);
    heard();
    if ((result & ReaderState.FIRST) != 0 && arrivalHandler != null) {
      arrivalHandler.handle(null);
    }
    if ((result & ReaderState.BAD) != 0) {
      streams.observer.garbage("frame that contradicts its stream");
      fail(Failure.of(FailureCode.STREAM_BROKEN, "a frame contradicts the stream"));
      return;
    }
    if ((result & ReaderState.DUPLICATE) != 0) {
      streams.observer.duplicate(size);
    }
    if ((result & ReaderState.GAP) != 0) {
      streams.observer.gap();
    }
    if ((result & ReaderState.GREW) != 0) {
      grew(head);
    }
    reportIfDue();
  }

  private void grew(boolean head) {
    if (head && headHandler != null && !closed) {
      Handler<ResponseHead> handler = headHandler;
      headHandler = null;
      handler.handle(state.head());
    }
    if (state.complete()) {
      streams.readersWatch.remove(this);
    }
    if (receivedHandler != null && !closed) {
      receivedHandler.handle(state.received());
    }
    deliver();
  }

  @Override
  long handOver() {
    streams.own().report(this);
    return 0;
  }

  /** A frame came that may not be taken in. */
  void missed() {
    state.missed();
    reportIfDue();
  }

  void probed(long sent) {
    heard();
    state.probe(sent);
    reportIfDue();
  }

  void writerGone() {
    if (!state.complete()) {
      fail(Failure.of(FailureCode.STREAM_BROKEN, "the writer does not know the stream"));
    }
  }

  private void heard() {
    if (silence != null) {
      silence.restart(streams.io.now());
    }
  }

  private void reportIfDue() {
    if (state.reportDue()) {
      streams.reportDue(this);
    }
  }

  // ---- delivery

  private void deliverLater() {
    if (!arriving && !deliveryDue && !closed && (state.hasData() || state.outcome() != null)) {
      deliveryDue = true;
      streams.io.later(() -> streams.guard.run(this::deliverDue));
    }
  }

  private void deliverDue() {
    deliveryDue = false;
    deliver();
    reportIfDue();
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (!closed && demand > 0 && dataHandler != null && state.hasData()) {
        if (demand != Long.MAX_VALUE) {
          demand--;
        }
        Buffer buffer = Bytes.buffer(state.poll());
        bytesDelivered += buffer.length();
        dataHandler.handle(buffer);
      }
    } finally {
      delivering = false;
    }
    Outcome outcome = closed || outcomeTold ? null : state.outcome();
    // A failure with nothing before it does not wait for somebody to read.
    if (outcome != null && (demand > 0 || outcome.hasFailure())) {
      outcome(outcome);
    }
  }

  private void outcome(Outcome outcome) {
    outcomeTold = true;
    if (!state.withholding()) {
      reportIfDue();
      close(true);
    }
    if (outcomeHandler != null) {
      outcomeHandler.handle(outcome);
    }
    if (outcome.hasFailure()) {
      if (exceptionHandler != null) {
        exceptionHandler.handle(Failure.fromWire(outcome.getFailure()).toException());
      }
    } else if (endHandler != null) {
      endHandler.handle(null);
    }
  }

  // ---- time and end

  @Override
  void tick(long now) {
    if (silence == null) {
      silence = Silence.ofReader(streams.options);
      silence.arm(now);
    }
    switch (silence.tick(now)) {
      case ASK -> ask();
      case LOST -> fail(Failure.of(FailureCode.NODE_LOST, "no answer from node " + box.to.node()));
      case WAIT -> {}
    }
  }

  private void ask() {
    streams.probe(this, box, 0, true);
  }

  /** The stream broke. What is complete here is not taken back. */
  void fail(Failure reason) {
    if (closed || state.complete()) {
      return;
    }
    streams.observer.streamBroken();
    close(false);
    if (exceptionHandler != null) {
      exceptionHandler.handle(reason.toException());
    }
  }

  private void close(boolean read) {
    closed = true;
    part();
    streams.forget(this, read);
    state.close();
  }

  // ---- handlers

  @Override
  public BusReader headHandler(Handler<ResponseHead> handler) {
    headHandler = handler;
    return this;
  }

  @Override
  public BusReader arrivalHandler(Handler<Void> handler) {
    arrivalHandler = handler;
    return this;
  }

  @Override
  public BusReader outcomeHandler(Handler<Outcome> handler) {
    outcomeHandler = handler;
    return this;
  }

  @Override
  public BusReader receivedHandler(Handler<Long> handler) {
    receivedHandler = handler;
    return this;
  }

  @Override
  public BusReader handler(Handler<Buffer> handler) {
    dataHandler = handler;
    deliverLater();
    return this;
  }

  @Override
  public BusReader endHandler(Handler<Void> handler) {
    endHandler = handler;
    return this;
  }

  @Override
  public BusReader exceptionHandler(Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }
}
