package io.busbar.runner;

import com.google.protobuf.Struct;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.Timing;
import io.busbar.call.Call;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.fn.wire.WireDate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
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
    byte[] body = question.getBytes(StandardCharsets.UTF_8);
    RequestHead head =
        RequestHead.newBuilder()
            .setOrigin("fn")
            .setMethod("POST")
            .setUri("/status")
            .addHeaders(Header.newBuilder().setName("Content-Type").setValue("application/json"))
            .setContentLength(body.length)
            .build();
    Call call =
        calls.open(
            CallRequest.to(options.pool(), head)
                .withTimeout(options.timeoutMillis())
                .withRemaining(options.boundMillis()));
    call.body().end(Buffer.buffer(body));
    BoundedBody answer = new BoundedBody(options.maxAnswer());
    call.response()
        .onSuccess(
            response ->
                answer.read(
                    response.body(),
                    () ->
                        call.cancel(
                            Failure.of(
                                FailureCode.TOO_LARGE,
                                "answer of the status call is over "
                                    + options.maxAnswer()
                                    + " bytes"))));
    long createdAt = System.currentTimeMillis();
    return call.end().map(end -> status(call, end, answer.text(), createdAt));
  }

  private static RunnerStatus status(Call call, CallEnd end, String details, long createdAt) {
    RunnerStatus.Builder status =
        RunnerStatus.newBuilder()
            .setId(call.id().toString())
            .setDetails(details)
            .setCreatedAt(WireDate.of(createdAt));
    Timing timing = end.timing();
    if (timing != null) {
      if (timing.getStartedAt() != 0 && timing.getCompletedAt() != 0) {
        status
            .setStartedAt(WireDate.of(timing.getStartedAt()))
            .setCompletedAt(WireDate.of(timing.getCompletedAt()));
      }
      status
          .setSchedulerDuration(timing.getScheduler())
          .setExecutionDuration(timing.getExecution())
          .setImagePullWaitDuration(timing.getImagePullWait())
          .setCtrPrepDuration(timing.getContainerPrep())
          .setCtrCreateDuration(timing.getContainerCreate())
          .setInitStartTime(timing.getInitStart());
    }
    if (!end.succeeded()) {
      return status
          .setFailed(true)
          .setErrorCode(end.failure().httpStatus())
          .setErrorStr(FinishedTable.text(end.failure()))
          .build();
    }
    if (end.status() >= 400) {
      return status
          .setFailed(true)
          .setErrorCode(end.status())
          .setErrorStr("the status call answered " + end.status())
          .build();
    }
    return status.build();
  }
}
