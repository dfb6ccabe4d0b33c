package io.busbar.plugin.host;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Carries a stream from one context to another: made on the first, used on the second. At most
 * {@value #WINDOW} buffers are on the way or waiting; the source is asked for more only as they are
 * consumed. Buffers pass by reference.
 */
final class HandoverReader implements ReadStream<Buffer> {
  static final int WINDOW = 8;

  private final ReadStream<Buffer> source;
  private final Context from;
  private final Consumer<Runnable> to;

  // On the reading context.
  private final ArrayDeque<Buffer> waiting = new ArrayDeque<>(WINDOW);
  private Handler<Buffer> handler;
  private Handler<Void> endHandler;
  private Handler<Throwable> exceptionHandler;
  private long demand;
  private int consumed;
  private boolean delivering;
  private boolean sourceEnded;
  private boolean done;

  /**
   * On the source's context.
   *
   * @param from the source's context
   * @param to runs actions on the reading context, in order
   */
  HandoverReader(ReadStream<Buffer> source, Context from, Consumer<Runnable> to) {
    this.source = source;
    this.from = from;
    this.to = to;
    source.exceptionHandler(cause -> to.accept(() -> broke(cause)));
    source.endHandler(end -> to.accept(this::ended));
    source.handler(part -> to.accept(() -> arrived(part)));
    source.fetch(WINDOW);
  }

  private void arrived(Buffer part) {
    if (!done) {
      waiting.add(part);
      deliver();
    }
  }

  private void ended() {
    sourceEnded = true;
    deliver();
  }

  private void broke(Throwable cause) {
    if (!done) {
      done = true;
      waiting.clear();
      if (exceptionHandler != null) {
        exceptionHandler.handle(cause);
      }
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (demand > 0 && handler != null && !waiting.isEmpty()) {
        if (demand != Long.MAX_VALUE) {
          demand--;
        }
        consumed++;
        handler.handle(waiting.poll());
        askForMore();
      }
    } finally {
      delivering = false;
    }
    // As with other streams, a paused reader is not told of the end.
    if (sourceEnded && waiting.isEmpty() && demand > 0 && !done) {
      done = true;
      if (endHandler != null) {
        endHandler.handle(null);
      }
    }
  }

  private void askForMore() {
    if (consumed >= WINDOW / 2 && !sourceEnded) {
      int amount = consumed;
      consumed = 0;
      from.runOnContext(v -> source.fetch(amount));
    }
  }

  @Override
  public ReadStream<Buffer> handler(Handler<Buffer> newHandler) {
    handler = newHandler;
    if (newHandler != null && demand > 0) {
      deliverSoon();
    }
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
    if (amount < 0) {
      throw new IllegalArgumentException("fetch of " + amount + ", expected 0 or more");
    }
    demand = amount > Long.MAX_VALUE - demand ? Long.MAX_VALUE : demand + amount;
    deliverSoon();
    return this;
  }

  private void deliverSoon() {
    if (!done && (sourceEnded || !waiting.isEmpty())) {
      to.accept(this::deliver);
    }
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
