package io.busbar.runner;

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
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/** One call with a JSON body and a bounded answer, as a Status needs it. */
final class StatusCall {
  private final Calls calls;
  private final StatusOptions options;
  private final String pool;
  private final String uri;
  private final byte[] body;

  StatusCall(Calls calls, StatusOptions options, String pool, String uri, String body) {
    this.calls = calls;
    this.options = options;
    this.pool = pool;
    this.uri = uri;
    this.body = body.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * How it ended.
   *
   * @param text the answer's body
   */
  record Answer(String id, CallEnd end, String text, long createdAt) {
    /** Null = it ended well, with a status below 400. */
    Failure failure() {
      if (!end.succeeded()) {
        return end.failure();
      }
      return end.status() < 400
          ? null
          : Failure.of(FailureCode.WORKER_FAILED, "the status call answered " + end.status())
              .withStatus(end.status());
    }

    RunnerStatus.Builder fill(RunnerStatus.Builder status) {
      status.setId(id).setDetails(text).setCreatedAt(WireDate.of(createdAt));
      Timing timing = end.timing();
      if (timing != null) {
        fill(status, timing);
      }
      Failure failure = failure();
      return failure == null ? status : failed(status, failure);
    }

    private static void fill(RunnerStatus.Builder status, Timing timing) {
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
  }

  static RunnerStatus.Builder failed(RunnerStatus.Builder status, Failure failure) {
    return status
        .setFailed(true)
        .setErrorCode(failure.httpStatus())
        .setErrorStr(FinishedTable.text(failure));
  }

  /** Never fails. */
  Future<Answer> run() {
    RequestHead head =
        RequestHead.newBuilder()
            .setOrigin("fn")
            .setMethod("POST")
            .setUri(uri)
            .addHeaders(Header.newBuilder().setName("Content-Type").setValue("application/json"))
            .setContentLength(body.length)
            .build();
    long createdAt = System.currentTimeMillis();
    Call call =
        calls.open(
            CallRequest.to(pool, head)
                .withTimeout(options.timeoutMillis())
                .withRemaining(options.boundMillis()));
    call.body().end(Buffer.buffer(body));
    BoundedBody answer = new BoundedBody(options.maxAnswer());
    call.response()
        .onSuccess(response -> answer.read(response.body(), () -> call.cancel(tooLarge())));
    return call.end().map(end -> new Answer(call.id().toString(), end, answer.text(), createdAt));
  }

  private Failure tooLarge() {
    return Failure.of(
        FailureCode.TOO_LARGE,
        "answer of the status call is over " + options.maxAnswer() + " bytes");
  }
}
