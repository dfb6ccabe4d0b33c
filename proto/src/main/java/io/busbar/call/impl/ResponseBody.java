package io.busbar.call.impl;

import io.busbar.bus.BusReader;
import io.busbar.failure.Failure;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * The response body as the caller reads it: the bus stream's bytes, then its end, or exactly one
 * failure, also when the call was ended by somebody else than the worker.
 */
final class ResponseBody implements ReadStream<Buffer> {
  private final BusReader reader;
  private Handler<Throwable> exceptionHandler;
  private Handler<Void> endHandler;
  private Failure failure;
  private boolean over;
  private boolean told;

  ResponseBody(BusReader reader) {
    this.reader = reader;
    reader.endHandler(
        nothing -> {
          over = true;
          tellEnd();
        });
  }

  void fail(Failure reason) {
    if (!over) {
      over = true;
      failure = reason;
      tellFailure();
    }
  }

  private void tellEnd() {
    if (failure == null && endHandler != null && !told) {
      told = true;
      endHandler.handle(null);
    }
  }

  private void tellFailure() {
    if (exceptionHandler != null && !told) {
      told = true;
      exceptionHandler.handle(failure.toException());
    }
  }

  @Override
  public ResponseBody handler(Handler<Buffer> handler) {
    reader.handler(handler);
    return this;
  }

  @Override
  public ResponseBody pause() {
    reader.pause();
    return this;
  }

  @Override
  public ResponseBody resume() {
    if (!over) {
      reader.resume();
    }
    return this;
  }

  @Override
  public ResponseBody fetch(long amount) {
    if (!over) {
      reader.fetch(amount);
    }
    return this;
  }

  @Override
  public ResponseBody endHandler(Handler<Void> handler) {
    endHandler = handler;
    if (over) {
      tellEnd();
    }
    return this;
  }

  @Override
  public ResponseBody exceptionHandler(Handler<Throwable> handler) {
    exceptionHandler = handler;
    if (failure != null) {
      tellFailure();
    }
    return this;
  }
}
