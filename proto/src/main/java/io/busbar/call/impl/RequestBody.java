package io.busbar.call.impl;

import io.busbar.bus.BusWriter;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The request body as the caller writes it. Until a worker is known it holds what was written, up
 * to the stream window, then says that it is full; from then on the bus stream does. After the call
 * it takes everything and keeps nothing.
 */
final class RequestBody implements WriteStream<Buffer> {
  private final long window;
  private final Queue<Buffer> held = new ArrayDeque<>();
  private long heldBytes;
  private long written;
  private boolean ended;
  private boolean closed;
  private final Promise<Void> end = Promise.promise();
  private BusWriter writer;
  private Handler<Void> drainHandler;

  RequestBody(long window) {
    this.window = window;
  }

  long written() {
    return written;
  }

  /** Whether there is anything to send: a byte or the end. */
  boolean begun() {
    return written > 0 || ended;
  }

  /** Hands over to the stream of the first worker. */
  void attach(BusWriter stream) {
    writer = stream;
    writer.drainHandler(this::drained);
    boolean wasFull = heldBytes >= window;
    for (Buffer buffer = held.poll(); buffer != null; buffer = held.poll()) {
      writer.write(buffer);
    }
    heldBytes = 0;
    if (ended) {
      endStream();
    } else if (wasFull && !writer.writeQueueFull()) {
      drained(null);
    }
  }

  /** The call is over: nothing is kept, a writer that waits goes on and sees it. */
  void close() {
    closed = true;
    held.clear();
    heldBytes = 0;
    end.tryComplete();
    drained(null);
  }

  private void drained(Void nothing) {
    Handler<Void> handler = drainHandler;
    if (handler != null) {
      handler.handle(null);
    }
  }

  private void endStream() {
    writer.end().onComplete(received -> end.tryComplete());
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (closed) {
      return Future.succeededFuture();
    }
    if (ended) {
      return Future.failedFuture(new IllegalStateException("write after end"));
    }
    written += data.length();
    if (writer != null) {
      return writer.write(data);
    }
    held.add(data);
    heldBytes += data.length();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    if (!ended) {
      ended = true;
      if (writer != null && !closed) {
        endStream();
      }
    }
    return end.future();
  }

  @Override
  public boolean writeQueueFull() {
    if (closed) {
      return false;
    }
    return writer == null ? heldBytes >= window : writer.writeQueueFull();
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
