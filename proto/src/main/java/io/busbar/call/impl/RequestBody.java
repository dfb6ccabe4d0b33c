package io.busbar.call.impl;

import io.busbar.bus.BusWriter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * The request body as the caller writes it: the bus stream, until the call is over; then it takes
 * everything and keeps nothing, since an answer may come before the body was read.
 */
final class RequestBody implements WriteStream<Buffer> {
  private final BusWriter writer;
  private Handler<Void> drainHandler;
  private boolean begun;
  private boolean ended;
  private boolean closed;

  RequestBody(BusWriter writer) {
    this.writer = writer;
    writer.drainHandler(nothing -> drained());
  }

  long written() {
    return writer.bytesWritten();
  }

  /** Whether there is anything to send: a byte or the end. */
  boolean begun() {
    return begun;
  }

  /** Nobody reads on: a writer that waits goes on and sees no reason to stop. */
  void close() {
    if (!closed) {
      closed = true;
      drained();
    }
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
    if (ended) {
      return Future.failedFuture(new IllegalStateException("write after the end of the body"));
    }
    begun |= data.length() > 0;
    return writer.write(data);
  }

  /** Completes at once: whether the worker got it is told by {@link io.busbar.call.Call#end()}. */
  @Override
  public Future<Void> end() {
    if (!ended) {
      ended = true;
      begun = true;
      if (!closed) {
        writer.end();
      }
    }
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return !closed && writer.writeQueueFull();
  }

  @Override
  public RequestBody drainHandler(Handler<Void> handler) {
    drainHandler = handler;
    return this;
  }

  /** Has no effect: the window is the bus's. */
  @Override
  public RequestBody setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  /** Has no effect: a call's failure is told by {@link io.busbar.call.Call#end()}. */
  @Override
  public RequestBody exceptionHandler(Handler<Throwable> handler) {
    return this;
  }
}
