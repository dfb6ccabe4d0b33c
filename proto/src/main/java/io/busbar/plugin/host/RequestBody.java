package io.busbar.plugin.host;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The request as the plugin reads it. A handler of the plugin that throws ends the call, and a call
 * that is over ends the stream with its failure, so that no pipe hangs.
 */
final class RequestBody implements ReadStream<Buffer> {
  private final HostedCall call;
  private final ReadStream<Buffer> source;
  private Handler<Throwable> exceptionHandler;
  private Handler<Void> endHandler;
  private Failure failure;
  private boolean ended;

  RequestBody(HostedCall call, ReadStream<Buffer> source) {
    this.call = call;
    this.source = source;
    source.exceptionHandler(cause -> fail(Failure.of(cause)));
    source.endHandler(this::sourceEnded);
  }

  /** Why the stream broke, null = it did not. */
  Failure failure() {
    return failure;
  }

  private void sourceEnded(Void end) {
    if (failure == null && !ended) {
      ended = true;
      guarded(endHandler, null);
    }
  }

  /** Ends the stream, unless it has ended. */
  void fail(Failure why) {
    if (failure == null && !ended) {
      failure = why;
      guarded(exceptionHandler, why.toException());
    }
  }

  private <T> void guarded(Handler<T> handler, T event) {
    if (handler == null) {
      return;
    }
    try {
      handler.handle(event);
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      call.threw(e);
    }
  }

  /** The whole body, if it is not larger than the limit. */
  Future<Buffer> collect(int limit, long announced) {
    if (announced > limit) {
      return Future.failedFuture(tooLarge(announced + " bytes", limit).toException());
    }
    if (failure != null) {
      return Future.failedFuture(failure.toException());
    }
    if (ended) {
      return Future.succeededFuture(Buffer.buffer());
    }
    Promise<Buffer> whole = Promise.promise();
    List<Buffer> parts = new ArrayList<>();
    long[] size = new long[1];
    exceptionHandler(whole::tryFail);
    endHandler(end -> whole.tryComplete(join(parts, (int) size[0])));
    handler(
        part -> {
          size[0] += part.length();
          if (size[0] <= limit) {
            parts.add(part);
          } else if (!whole.future().isComplete()) {
            parts.clear();
            pause();
            whole.tryFail(tooLarge("more than " + limit + " bytes", limit).toException());
          }
        });
    resume();
    return whole.future();
  }

  private static Buffer join(List<Buffer> parts, int size) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    Buffer all = Buffer.buffer(size);
    parts.forEach(all::appendBuffer);
    return all;
  }

  private static Failure tooLarge(String what, int limit) {
    return Failure.of(
        FailureCode.TOO_LARGE, "request body of " + what + ", expected at most " + limit);
  }

  @Override
  public ReadStream<Buffer> handler(Handler<Buffer> handler) {
    source.handler(handler == null ? null : part -> deliver(handler, part));
    return this;
  }

  private void deliver(Handler<Buffer> handler, Buffer part) {
    if (failure == null) {
      guarded(handler, part);
    }
  }

  @Override
  public ReadStream<Buffer> pause() {
    source.pause();
    return this;
  }

  @Override
  public ReadStream<Buffer> resume() {
    source.resume();
    return this;
  }

  @Override
  public ReadStream<Buffer> fetch(long amount) {
    source.fetch(amount);
    return this;
  }

  @Override
  public ReadStream<Buffer> exceptionHandler(Handler<Throwable> handler) {
    exceptionHandler = handler;
    return this;
  }

  @Override
  public ReadStream<Buffer> endHandler(Handler<Void> handler) {
    endHandler = handler;
    return this;
  }
}
