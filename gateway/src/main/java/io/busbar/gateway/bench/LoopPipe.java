package io.busbar.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import java.util.ArrayDeque;

/** What is written comes out again, in order, when it is asked for. On one event loop. */
final class LoopPipe implements WriteStream<Buffer>, ReadStream<Buffer> {
  private static final int MOST_HELD = 256 << 10;

  private final ArrayDeque<Buffer> queue = new ArrayDeque<>();
  private final Runnable onWrite;
  private final Runnable onDelivered;
  private Handler<Buffer> reader;
  private Handler<Void> readerEnd;
  private Handler<Void> drain;
  private boolean flowing;
  private boolean ended;
  private boolean delivered;
  private boolean delivering;
  private long held;
  private long bytes;

  LoopPipe(Runnable onWrite, Runnable onDelivered) {
    this.onWrite = onWrite;
    this.onDelivered = onDelivered;
  }

  long bytes() {
    return bytes;
  }

  void drop() {
    queue.clear();
    held = 0;
    delivered = true;
  }

  // ---- written

  @Override
  public Future<Void> write(Buffer data) {
    queue.add(data);
    held += data.length();
    bytes += data.length();
    onWrite.run();
    deliver();
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    ended = true;
    onWrite.run();
    deliver();
    return Future.succeededFuture();
  }

  @Override
  public boolean writeQueueFull() {
    return held >= MOST_HELD;
  }

  @Override
  public LoopPipe setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public LoopPipe drainHandler(Handler<Void> handler) {
    drain = handler;
    return this;
  }

  // ---- read

  @Override
  public LoopPipe handler(Handler<Buffer> handler) {
    reader = handler;
    return this;
  }

  @Override
  public LoopPipe pause() {
    flowing = false;
    return this;
  }

  @Override
  public LoopPipe resume() {
    flowing = true;
    deliver();
    return this;
  }

  @Override
  public LoopPipe fetch(long amount) {
    return resume();
  }

  @Override
  public LoopPipe endHandler(Handler<Void> handler) {
    readerEnd = handler;
    return this;
  }

  /** Nothing here can break. */
  @Override
  public LoopPipe exceptionHandler(Handler<Throwable> handler) {
    return this;
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    boolean full = writeQueueFull();
    while (flowing && reader != null && !queue.isEmpty()) {
      Buffer next = queue.poll();
      held -= next.length();
      reader.handle(next);
    }
    delivering = false;
    if (full && !writeQueueFull() && drain != null && !ended) {
      drain.handle(null);
    }
    if (flowing && ended && queue.isEmpty() && !delivered) {
      delivered = true;
      readerEnd.handle(null);
      onDelivered.run();
    }
  }
}
