package io.busbar.plugin.host;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/** A request body that a test fills; delivers on demand. On the lane. */
public final class FakeRequest implements ReadStream<Buffer> {
  private final ArrayDeque<Buffer> waiting = new ArrayDeque<>();
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Throwable> exceptionHandler;
  private long demand;
  private boolean ended;
  private boolean told;
  private final AtomicLong delivered = new AtomicLong();

  /** Parts handed out so far. Any thread. */
  public long delivered() {
    return delivered.get();
  }

  public void push(Buffer part) {
    waiting.add(part);
    deliver();
  }

  public void finish() {
    ended = true;
    deliver();
  }

  public void breakWith(Throwable cause) {
    told = true;
    if (exceptionHandler != null) {
      exceptionHandler.handle(cause);
    }
  }

  private void deliver() {
    while (demand > 0 && handler != null && !waiting.isEmpty()) {
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      delivered.incrementAndGet();
      handler.handle(waiting.poll());
    }
    if (ended && waiting.isEmpty() && demand > 0 && !told) {
      told = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
    }
  }

  @Override
  public ReadStream<Buffer> handler(Handler<Buffer> newHandler) {
    handler = newHandler;
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    demand = 0;
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    deliver();
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(Handler<Void> newHandler) {
    endHandler = newHandler;
    return this;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(Handler<Throwable> newHandler) {
    exceptionHandler = newHandler;
    return this;
  }
}
