package io.busbar.worker.impl;

import io.busbar.bus.BusWriter;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * The response body as a worker writes it: sends a head first, commits, and drops what comes after
 * the call's end.
 */
final class ServedResponse implements WriteStream<Buffer> {
  private static final ResponseHead OK = ResponseHead.newBuilder().setStatus(200).build();

  private final Attempt attempt;
  private final BusWriter writer;
  private boolean headSent;
  private boolean closed;
  private Handler<Void> drainHandler;

  ServedResponse(Attempt attempt, BusWriter writer) {
    this.attempt = attempt;
    this.writer = writer;
    writer.drainHandler(nothing -> drained());
  }

  void head(ResponseHead head) {
    if (!headSent) {
      headSent = true;
      attempt.commit();
      writer.head(head);
    }
  }

  void finish(Outcome outcome) {
    if (!outcome.hasFailure() && !headSent) {
      headSent = true;
      writer.head(OK);
    }
    writer.end(outcome);
    close();
  }

  /** Nothing is sent any more; a writer that waits goes on and sees it. */
  void close() {
    closed = true;
    drained();
  }

  private void drained() {
    Handler<Void> handler = drainHandler;
    if (handler != null) {
      handler.handle(null);
    }
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (closed) {
      return Future.succeededFuture();
    }
    head(OK);
    return writer.write(data);
  }

  @Override
  public Future<Void> end() {
    attempt.end(Outcome.getDefaultInstance());
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return !closed && writer.writeQueueFull();
  }

  @Override
  public ServedResponse drainHandler(Handler<Void> handler) {
    drainHandler = handler;
    return this;
  }

  /** Has no effect: the window is the bus's. */
  @Override
  public ServedResponse setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  /** Has no effect: a lost caller is told to the call's cancel handler. */
  @Override
  public ServedResponse exceptionHandler(Handler<Throwable> handler) {
    return this;
  }
}
