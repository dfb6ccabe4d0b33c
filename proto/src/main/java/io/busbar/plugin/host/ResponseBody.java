package io.busbar.plugin.host;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * The response as the plugin writes it: head first, nothing after the end. A plugin that goes on
 * writing into a full queue ends its call, before it fills the node's memory.
 */
final class ResponseBody implements WriteStream<Buffer> {
  /** How much a plugin may write into a full queue. */
  static final long MAX_OVERFLOW = 16L << 20;

  private final HostedCall call;
  private final WriteStream<Buffer> target;
  private long overflow;

  ResponseBody(HostedCall call, WriteStream<Buffer> target) {
    this.call = call;
    this.target = target;
  }

  @Override
  public Future<Void> write(Buffer part) {
    if (call.isEnded()) {
      return call.dropped();
    }
    if (!target.writeQueueFull()) {
      overflow = 0;
    } else if (overflow > MAX_OVERFLOW) {
      call.fail(
          Failure.of(
              FailureCode.WORKER_FAILED,
              "the plugin wrote "
                  + overflow
                  + " bytes into a full response, expected it to wait for the drain handler"));
      return call.dropped();
    } else {
      overflow += part.length();
    }
    call.sendHead();
    return target.write(part);
  }

  @Override
  public Future<Void> end() {
    return call.end();
  }

  @Override
  public WriteStream<Buffer> setWriteQueueMaxSize(int maxSize) {
    target.setWriteQueueMaxSize(maxSize);
    return this;
  }

  @Override
  public boolean writeQueueFull() {
    return !call.isEnded() && target.writeQueueFull();
  }

  @Override
  public WriteStream<Buffer> drainHandler(Handler<Void> handler) {
    target.drainHandler(handler == null ? null : drained -> drain(handler));
    return this;
  }

  private void drain(Handler<Void> handler) {
    try {
      handler.handle(null);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      call.threw(e);
    }
  }

  @Override
  public WriteStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    target.exceptionHandler(handler);
    return this;
  }
}
