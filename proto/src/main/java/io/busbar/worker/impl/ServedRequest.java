package io.busbar.worker.impl;

import io.busbar.bus.BusReader;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The request as the adapter reads it. The reader's one exception handler stays the attempt's, so
 * that a broken request ends the attempt whatever the adapter, or a pipe, registers here.
 */
final class ServedRequest implements ReadStream<Buffer> {
  private final BusReader reader;
  private Handler<Throwable> exceptionHandler;

  ServedRequest(BusReader reader) {
    this.reader = reader;
  }

  void broke(Throwable cause) {
    if (exceptionHandler != null) {
      exceptionHandler.handle(cause);
    }
  }

  @Override
  public ReadStream<Buffer> handler(Handler<Buffer> handler) {
    reader.handler(handler);
    return this;
  }

  @Override
  public ReadStream<Buffer> pause() {
    reader.pause();
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    reader.resume();
    return this;
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    reader.fetch(amount);
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(Handler<Void> handler) {
    reader.endHandler(handler);
    return this;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }
}
