package io.busbar.plugin.host;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Carries writes from one context to another by reference: used on the first, writes on the second.
 * {@link #writeQueueFull()} tells the writer to wait; one that does not is held in its own thread
 * at {@value #HARD_FACTOR} times that, until the other side took something. The writer must
 * therefore not be an event loop whose thread the target needs.
 */
final class HandoverWriter implements WriteStream<Buffer> {
  static final int HARD_FACTOR = 4;
  static final int DEFAULT_MAX = 256 << 10;

  private final Supplier<WriteStream<Buffer>> target;
  private final ContextInternal from;
  private final Context to;
  private final Runnable onEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition room = lock.newCondition();
  private final AtomicReference<Handler<Void>> drainHandler = new AtomicReference<>();

  // Under the lock.
  private long pending;
  private long max = DEFAULT_MAX;
  private boolean closed;

  // On the target's context.
  private long unacknowledged;

  /**
   * @param target asked on its context at each use
   * @param onEnd run on the target's context once it was ended
   */
  HandoverWriter(
      Supplier<WriteStream<Buffer>> target, ContextInternal from, Context to, Runnable onEnd) {
    this.target = target;
    this.from = from;
    this.to = to;
    this.onEnd = onEnd;
  }

  @Override
  public Future<Void> write(Buffer part) {
    if (!takeRoom(part.length())) {
      return Future.succeededFuture();
    }
    Promise<Void> written = from.promise();
    to.runOnContext(v -> writeNow(part, written));
    return written.future();
  }

  /** Waits for room if the queue is far beyond full; false = closed. */
  private boolean takeRoom(int bytes) {
    lock.lock();
    try {
      while (!closed && pending >= HARD_FACTOR * max && Context.isOnWorkerThread()) {
        room.awaitUninterruptibly();
      }
      if (closed) {
        return false;
      }
      pending += bytes;
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void writeNow(Buffer part, Promise<Void> written) {
    if (isClosed()) {
      written.complete();
      return;
    }
    WriteStream<Buffer> stream = target.get();
    stream.write(part).onComplete(written);
    unacknowledged += part.length();
    if (!isClosed() && stream.writeQueueFull()) {
      stream.drainHandler(v -> acknowledge());
    } else {
      acknowledge();
    }
  }

  private void acknowledge() {
    long bytes = unacknowledged;
    unacknowledged = 0;
    boolean drained;
    lock.lock();
    try {
      pending -= bytes;
      drained = pending <= max / 2;
      room.signalAll();
    } finally {
      lock.unlock();
    }
    if (drained) {
      Handler<Void> waiting = drainHandler.getAndSet(null);
      if (waiting != null) {
        from.runOnContext(waiting);
      }
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** The call is over: nobody waits any more, what is written is dropped silently. Any thread. */
  void close() {
    lock.lock();
    try {
      closed = true;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Future<Void> end() {
    Promise<Void> ended = from.promise();
    to.runOnContext(
        v -> {
          if (isClosed()) {
            ended.complete();
          } else {
            target.get().end().onComplete(ended);
            onEnd.run();
          }
        });
    return ended.future();
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    if (maxSize < 1) {
      throw new IllegalArgumentException("queue of " + maxSize + " bytes, expected at least 1");
    }
    lock.lock();
    try {
      max = maxSize;
    } finally {
      lock.unlock();
    }
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    lock.lock();
    try {
      return !closed && pending >= max;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
    drainHandler.set(handler);
    if (handler != null && !writeQueueFull()) {
      // The last acknowledgement may have come before the handler.
      Handler<Void> now = drainHandler.getAndSet(null);
      if (now != null) {
        from.runOnContext(now);
      }
    }
    return this;
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    if (handler == null) {
      to.runOnContext(v -> target.get().exceptionHandler(null));
    } else {
      to.runOnContext(
          v ->
              target
                  .get()
                  .exceptionHandler(cause -> from.runOnContext(w -> handler.handle(cause))));
    }
    return this;
  }
}
