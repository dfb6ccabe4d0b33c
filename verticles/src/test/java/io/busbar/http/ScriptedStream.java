package io.busbar.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A bounded pipe between a writer and a reader on one context: full above 256 KiB, drained below
 * half. The largest amount it ever held tells whether back-pressure worked.
 */
final class ScriptedStream implements ReadStream<Buffer>, WriteStream<Buffer> {
  private static final int FULL = 256 * 1024;

  private final Context context;
  private final Deque<Buffer> waiting = new ArrayDeque<>();
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Void> drainHandler;
  private Handler<Throwable> exceptionHandler;
  private Runnable delivered = () -> {};
  private long demand = Long.MAX_VALUE;
  private long held;
  private volatile long mostHeld;
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private volatile boolean ended;
  private boolean endTold;
  private boolean dropped;
  private boolean pumping;

  ScriptedStream(Context context) {
    this.context = context;
  }

  void onDelivered(Runnable action) {
    delivered = action;
  }

  /** Largest number of bytes written and not yet read. */
  public long mostHeld() {
    return mostHeld;
  }

  public long bytesIn() {
    return bytesIn.get();
  }

  public long bytesOut() {
    return bytesOut.get();
  }

  /** Whether the writer ended it. */
  public boolean ended() {
    return ended;
  }

  void drop() {
    dropped = true;
    waiting.clear();
    held = 0;
  }

  void fail(Throwable cause) {
    if (!endTold) {
      drop();
      endTold = true;
      if (exceptionHandler != null) {
        exceptionHandler.handle(cause);
      }
    }
  }

  @Override
  public Future<Void> write(Buffer data) {
    if (ended || dropped) {
      return Future.succeededFuture();
    }
    bytesIn.addAndGet(data.length());
    held += data.length();
    mostHeld = Math.max(mostHeld, held);
    waiting.add(data);
    pump();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    ended = true;
    pump();
    return Future.succeededFuture();
  }

  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    boolean wasFull = false;
    while (demand > 0 && handler != null && !waiting.isEmpty()) {
      Buffer next = waiting.poll();
      wasFull |= held >= FULL / 2;
      held -= next.length();
      bytesOut.addAndGet(next.length());
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      handler.handle(next);
    }
    pumping = false;
    if (wasFull && held < FULL / 2 && drainHandler != null) {
      Handler<Void> drain = drainHandler;
      context.runOnContext(drain);
    }
    if (ended && handler != null && !dropped && waiting.isEmpty() && demand > 0 && !endTold) {
      endTold = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
      delivered.run();
    }
  }

  @Override
  public boolean writeQueueFull() {
    return held >= FULL;
  }

  @Override
  public ScriptedStream setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public ScriptedStream drainHandler(Handler<Void> newHandler) {
    drainHandler = newHandler;
    return this;
  }

  @Override
  public ScriptedStream exceptionHandler(Handler<Throwable> newHandler) {
    exceptionHandler = newHandler;
    return this;
  }

  @Override
  public ScriptedStream handler(Handler<Buffer> newHandler) {
    handler = newHandler;
    later();
    return this;
  }

  @Override
  public ScriptedStream endHandler(Handler<Void> newHandler) {
    endHandler = newHandler;
    later();
    return this;
  }

  @Override
  public ScriptedStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public ScriptedStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public ScriptedStream fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    later();
    return this;
  }

  private void later() {
    context.runOnContext(v -> pump());
  }
}
