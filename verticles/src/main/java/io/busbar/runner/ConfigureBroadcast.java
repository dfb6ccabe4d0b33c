package io.busbar.runner;

import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.call.WorkerRef;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;

/**
 * One ConfigureRunner, carried to every worker of the hook's pool that takes calls, on every node:
 * a call to each, a few at a time. It goes on to the others when one fails. On the lane's event
 * loop.
 */
final class ConfigureBroadcast {
  static final int WIDTH = 16;
  private static final int SHOWN = 5;

  private final Calls calls;
  private final CallRequest request;
  private final Buffer body;
  private final Promise<Void> done = Promise.promise();
  private final Deque<WorkerRef> waiting = new ArrayDeque<>();
  private final List<Failure> failures = new ArrayList<>();
  private int all;
  private int open;

  ConfigureBroadcast(Calls calls, CallRequest request, Buffer body) {
    this.calls = calls;
    this.request = request;
    this.body = body;
  }

  /**
   * Succeeds when each worker answered with success and a status below 400; else fails, once all
   * have answered, naming how many and which did not. Without workers it is a call to the pool like
   * any other, whose failure says what is wrong with the pool.
   */
  Future<Void> run(Collection<WorkerRef> workers) {
    all = workers.size();
    if (all == 0) {
      return call(request)
          .compose(
              failure -> failure == null ? done() : Future.failedFuture(failure.toException()));
    }
    waiting.addAll(workers);
    next();
    return done.future();
  }

  private static Future<Void> done() {
    return Future.succeededFuture();
  }

  private void next() {
    while (open < WIDTH && !waiting.isEmpty()) {
      open++;
      call(request.withOnly(waiting.poll()))
          .onSuccess(
              failure -> {
                open--;
                if (failure != null) {
                  failures.add(failure);
                }
                next();
              });
    }
    if (open == 0 && !done.future().isComplete()) {
      if (failures.isEmpty()) {
        done.complete();
      } else {
        done.fail(summary().toException());
      }
    }
  }

  /** Never fails: null, or why the worker did not take the configuration. */
  private Future<Failure> call(CallRequest to) {
    Call call = calls.open(to);
    call.body().end(body.copy());
    call.response()
        .onSuccess(
            response -> {
              response.body().exceptionHandler(told -> {});
              response.body().handler(dropped -> {});
              response.body().resume();
            });
    return call.end().map(end -> failure(end, to.only()));
  }

  private static Failure failure(CallEnd end, WorkerRef worker) {
    Failure failure = end.failure();
    if (failure == null && end.status() >= 400) {
      failure = Failure.of(FailureCode.WORKER_FAILED, "answered " + end.status());
    }
    boolean anonymous = failure != null && worker != null && failure.worker().isEmpty();
    return anonymous ? failure.at(failure.node(), worker.workerId()) : failure;
  }

  private Failure summary() {
    Failure worst = failures.get(0);
    StringBuilder text =
        new StringBuilder()
            .append(failures.size())
            .append(" of ")
            .append(all)
            .append(" workers of pool '")
            .append(request.pool())
            .append("' did not take the configuration:");
    for (int i = 0; i < failures.size(); i++) {
      Failure failure = failures.get(i);
      if (worst.retrySafe() && !failure.retrySafe()) {
        worst = failure;
      }
      if (i < SHOWN) {
        text.append(i == 0 ? " " : "; ")
            .append(failure.worker())
            .append(": ")
            .append(Failure.shorten(failure.detail(), 100));
      }
    }
    if (failures.size() > SHOWN) {
      text.append("; and ").append(failures.size() - SHOWN).append(" more");
    }
    return Failure.of(worst.code(), text.toString()).withRetrySafe(worst.retrySafe());
  }
}
