package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.worker.ServedCall;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Callable;

/** Reads a call's body up to the limit and makes a task of it; a large one off the event loop. */
final class TaskReading {
  /** Up to this size the event loop is not held up. */
  static final int SMALL = 64 << 10;

  private TaskReading() {}

  /** Fails with the failure to answer; does not complete when the call is cancelled meanwhile. */
  static Future<TaskRequest> read(
      Lane lane, ServedCall call, TaskForm form, WorkersOptions options) {
    return body(call, options.maxTask())
        .compose(body -> run(lane, body.length(), () -> parse(body, form, options)));
  }

  private static TaskRequest parse(Buffer body, TaskForm form, WorkersOptions options) {
    return form.boundary().isEmpty()
        ? JsonTask.read(body, options)
        : MultipartTask.read(body, form.boundary(), options);
  }

  private static Future<Buffer> body(ServedCall call, int most) {
    Promise<Buffer> whole = Promise.promise();
    long announced = call.offer().head().getContentLength();
    Buffer body = Buffer.buffer((int) Math.max(1024, Math.min(most, announced)));
    call.request()
        .handler(
            chunk -> {
              if (body.length() + (long) chunk.length() > most) {
                whole.tryFail(TaskForm.tooLarge(most).toException());
              } else if (!whole.future().isComplete()) {
                body.appendBuffer(chunk);
              }
            });
    call.request().endHandler(v -> whole.tryComplete(body));
    call.request().resume();
    return whole.future();
  }

  /** Here and now when it is small. */
  static <T> Future<T> run(Lane lane, int size, Callable<T> work) {
    if (size > SMALL) {
      return lane.context().executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception e) {
      return Future.failedFuture(Failure.of(e).toException());
    }
  }
}
