package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureException;
import io.busbar.worker.ServedCall;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Callable;

/**
 * Reads a call's body up to the limit and makes a task of it, a large one off the event loop; or
 * only its beginning, where the rest can be handed on as it comes. On the lane's context.
 */
final class TaskReading {
  /** Up to this size the event loop is not held up, and nothing is gained by handing it on. */
  static final int SMALL = 64 << 10;

  private final ServedCall call;
  private final TaskForm form;
  private final WorkersOptions options;
  private final BodyBytes body;
  private final Promise<TaskRequest> begun = Promise.promise();
  private MultipartScout scout;

  private TaskReading(ServedCall call, TaskForm form, WorkersOptions options) {
    this.call = call;
    this.form = form;
    this.options = options;
    long announced = call.offer().head().getContentLength();
    this.body = new BodyBytes(announced);
    if (!form.boundary().isEmpty() && (announced > SMALL || announced <= 0)) {
      scout = new MultipartScout(form.boundary(), announced, options);
    }
  }

  /**
   * Fails with the failure to answer; does not complete when the call is cancelled meanwhile. A
   * task with a rest leaves the request paused.
   */
  static Future<TaskRequest> read(
      Lane lane, ServedCall call, TaskForm form, WorkersOptions options) {
    TaskReading reading = new TaskReading(call, form, options);
    call.request().handler(reading::chunk);
    call.request()
        .endHandler(
            v -> {
              if (!reading.begun.future().isComplete()) {
                run(lane, reading.body.length(), reading::parse).onComplete(reading.begun);
              }
            });
    call.request().resume();
    return reading.begun.future();
  }

  private TaskRequest parse() {
    return form.boundary().isEmpty()
        ? JsonTask.read(body, options)
        : MultipartTask.read(body, form.boundary(), options);
  }

  private void chunk(Buffer chunk) {
    if (begun.future().isComplete()) {
      return;
    }
    if (body.length() + (long) chunk.length() > options.maxTask()) {
      begun.tryFail(TaskForm.tooLarge(options.maxTask()).toException());
      return;
    }
    body.add(chunk);
    if (scout != null && body.length() > SMALL) {
      look();
    }
  }

  private void look() {
    try {
      TaskRequest task = scout.look(body);
      if (task != null) {
        call.request().pause();
        begun.complete(task);
      } else if (scout.over()) {
        scout = null;
      }
    } catch (FailureException e) {
      begun.tryFail(e);
    }
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
