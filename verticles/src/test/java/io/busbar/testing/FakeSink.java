package io.busbar.testing;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.concurrent.CompletableFuture;

/** A write stream that keeps what is written and is full when the test says so. */
public final class FakeSink implements WriteStream<Buffer> {
  private final CompletableFuture<Buffer> ended = new CompletableFuture<>();
  private Buffer written = Buffer.buffer();
  private long bytes;
  private boolean keeps = true;
  private boolean full;
  private Handler<Void> drainHandler;
  private Handler<Buffer> writeHandler = chunk -> {};

  /** All that was written, once the end was written. */
  public CompletableFuture<Buffer> ended() {
    return ended;
  }

  /** Written so far; on the lane only, or when nothing is being written. */
  public synchronized Buffer written() {
    return written.copy();
  }

  public synchronized long bytes() {
    return bytes;
  }

  /** Counts only, keeps nothing. */
  public synchronized FakeSink countOnly() {
    keeps = false;
    return this;
  }

  public synchronized FakeSink onWrite(Handler<Buffer> handler) {
    writeHandler = handler;
    return this;
  }

  public synchronized FakeSink full(boolean now) {
    full = now;
    return this;
  }

  /** There is room again. On the lane only. */
  public void drain() {
    Handler<Void> handler;
    synchronized (this) {
      full = false;
      handler = drainHandler;
    }
    if (handler != null) {
      handler.handle(null);
    }
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    return this;
  }

  @Override
  public Future<Void> write(Buffer chunk) {
    Handler<Buffer> told;
    synchronized (this) {
      bytes += chunk.length();
      if (keeps) {
        written.appendBuffer(chunk);
      }
      told = writeHandler;
    }
    told.handle(chunk);
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> end() {
    ended.complete(written());
    return Future.succeededFuture();
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    return this;
  }

  @Override
  public synchronized boolean writeQueueFull() {
    return full;
  }

  @Override
  public synchronized WriteStream<Buffer> drainHandler(Handler<Void> handler) {
    drainHandler = handler;
    return this;
  }
}
