package io.busbar.runner;

import com.google.protobuf.Struct;
import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes the status call of a node: at most one at a time per question, its result kept for a short
 * while and shown to everybody who asks the same. Results of other questions are never shown,
 * unlike Fn's. Belongs to one lane.
 */
final class StatusDesk {
  static final int MOST_QUESTIONS = 256;

  private final Lane lane;
  private final Calls calls;
  private final StatusOptions options;
  private final Map<String, Result> results = new LinkedHashMap<>();

  StatusDesk(Lane lane, Calls calls, StatusOptions options) {
    this.lane = lane;
    this.calls = calls;
    this.options = options;
  }

  /** One question: its run, and until when the result is shown. */
  private static final class Result {
    final Promise<RunnerStatus> run = Promise.promise();
    boolean read;
    boolean done;
    long freshUntil;
  }

  Future<RunnerStatus> ask(Struct input) {
    String question = StructJson.of(input);
    forgetStale();
    Result known = results.get(question);
    if (known != null) {
      return read(known);
    }
    if (results.size() >= MOST_QUESTIONS) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.TOO_MANY_REQUESTS,
                  results.size() + " different status questions are open, try later")
              .toException());
    }
    Result result = new Result();
    results.put(question, result);
    run(question)
        .onComplete(
            status -> {
              result.done = true;
              result.freshUntil = lane.now() + options.cacheMillis();
              result.run.complete(status.result());
            });
    return read(result);
  }

  private static Future<RunnerStatus> read(Result result) {
    return result
        .run
        .future()
        .map(
            status -> {
              boolean first = !result.read;
              result.read = true;
              return first ? status : status.toBuilder().setCached(true).build();
            });
  }

  private void forgetStale() {
    long now = lane.now();
    results.values().removeIf(result -> result.done && now >= result.freshUntil);
  }

  /** Never fails: a failed call is a status that says so. */
  private Future<RunnerStatus> run(String question) {
    return networkDisabled()
        .compose(disabled -> healthThenCall(question, disabled))
        .otherwise(
            cause -> StatusCall.failed(RunnerStatus.newBuilder(), Failure.of(cause)).build());
  }

  private Future<Boolean> networkDisabled() {
    String file = options.barrierFile();
    return file.isEmpty()
        ? Future.succeededFuture(false)
        : lane.context().owner().fileSystem().exists(file).map(there -> !there);
  }

  /** As with Fn's, an unhealthy runner makes no status call. */
  private Future<RunnerStatus> healthThenCall(String question, boolean networkDisabled) {
    RunnerStatus.Builder status = RunnerStatus.newBuilder().setIsNetworkDisabled(networkDisabled);
    if (options.healthHook().isEmpty()) {
      return call(status, question);
    }
    return new StatusCall(calls, options, options.healthHook(), "/health", "{}")
        .run()
        .compose(
            health -> {
              Failure failure = health.failure();
              if (failure == null) {
                failure = CustomStatus.read(health.text(), status);
              }
              return failure == null
                  ? call(status, question)
                  : Future.succeededFuture(StatusCall.failed(status, failure).build());
            });
  }

  private Future<RunnerStatus> call(RunnerStatus.Builder status, String question) {
    StatusCall call = new StatusCall(calls, options, options.pool(), "/status", question);
    return call.run().map(answer -> answer.fill(status).build());
  }
}
