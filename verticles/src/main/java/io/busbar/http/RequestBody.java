package io.busbar.http;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** A whole request body, up to a limit. */
final class RequestBody {
  private RequestBody() {}

  /**
   * Reads it; to be called in the turn in which the request came.
   *
   * @param limit bytes; a longer body fails with TOO_LARGE
   */
  static Future<Buffer> read(HttpServerRequest request, long limit) {
    Promise<Buffer> whole = Promise.promise();
    Buffer body = Buffer.buffer();
    request.handler(
        data -> {
          if (whole.future().isComplete()) {
            return;
          }
          if (body.length() + data.length() > limit) {
            whole.tryFail(
                Failure.of(FailureCode.TOO_LARGE, "the body is longer than " + limit + " bytes")
                    .toException());
          } else {
            body.appendBuffer(data);
          }
        });
    request.exceptionHandler(
        gone ->
            whole.tryFail(Failure.of(FailureCode.CALLER_GONE, "the client left").toException()));
    request.endHandler(v -> whole.tryComplete(body));
    return whole.future();
  }
}
