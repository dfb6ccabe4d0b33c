package io.busbar.testing;

import io.busbar.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;

/** A paused read stream fed by the test; all on one context. */
public final class FakeSource implements ReadStream<Buffer> {
  private final Context context;
  private final ArrayDeque<Buffer> queue = new ArrayDeque<>();
  private long demand;
  private long bytes;
  private volatile int pauses;
  private boolean delivering;
  private boolean finished;
  private Runnable afterEnd;
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Throwable> exceptionHandler;
  private Runnable hungry = () -> {};

  FakeSource(Context context) {
    this.context = context;
  }

  /** How often the reader asked to wait. */
  public int pauses() {
    return pauses;
  }

  /** Bytes handed to the reader. */
  public long bytes() {
    return bytes;
  }

  /** Bytes not handed to the reader. On the context only. */
  public int queued() {
    return queue.stream().mapToInt(Buffer::length).sum();
  }

  /** Called on the context whenever the reader wants more than there is. */
  public void whenHungry(Runnable action) {
    hungry = action;
    deliver();
  }

  void offer(Buffer chunk) {
    queue.add(chunk);
    deliver();
  }

  void end(Runnable after) {
    afterEnd = after;
    deliver();
  }

  void fail(Failure failure) {
    if (!finished) {
      finished = true;
      queue.clear();
      if (exceptionHandler != null) {
        exceptionHandler.handle(failure.toException());
      }
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (demand > 0 && handler != null && !finished) {
      if (queue.isEmpty()) {
        hungry.run();
        if (queue.isEmpty()) {
          break;
        }
      }
      Buffer chunk = queue.poll();
      bytes += chunk.length();
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
      handler.handle(chunk);
    }
    delivering = false;
    if (queue.isEmpty() && afterEnd != null && demand > 0 && !finished) {
      finished = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
      Runnable after = afterEnd;
      context.runOnContext(v -> after.run());
    }
  }

  @Override
  public FakeSource exceptionHandler(Handler<Throwable> newHandler) {
    exceptionHandler = newHandler;
    return this;
  }

  @Override
  public FakeSource handler(Handler<Buffer> newHandler) {
    handler = newHandler;
    return this;
  }

  @Override
  public FakeSource pause() {
    pauses++;
    demand = 0;
    return this;
  }

  @Override
  public FakeSource resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public FakeSource fetch(long amount) {
    demand = amount == Long.MAX_VALUE ? amount : demand + amount;
    deliver();
    return this;
  }

  @Override
  public FakeSource endHandler(Handler<Void> newHandler) {
    endHandler = newHandler;
    return this;
  }
}
