package io.busbar.http;

import io.busbar.call.Call;
import io.busbar.edge.Headers;
import io.busbar.edge.Surface;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Answers of the HTTP API: Busbar's headers, and failures as problem documents. */
final class ProblemSurface implements Surface {
  static final String CALLS_ROUTE = "/v1/pools/{pool}/calls";
  static final ProblemSurface CALLS = new ProblemSurface();

  private ProblemSurface() {}

  @Override
  public String route() {
    return CALLS_ROUTE;
  }

  @Override
  public void mark(HttpServerResponse response, Call call, String worker, int attempts) {
    response.putHeader(Headers.CALL_ID, call.id().toString());
    if (!worker.isEmpty()) {
      response.putHeader(Headers.WORKER, worker);
    }
    if (attempts > 0) {
      response.putHeader(Headers.ATTEMPTS, Integer.toString(attempts));
    }
    response.putHeader(Headers.WAIT, Long.toString(call.waitedMillis()));
  }

  @Override
  public Buffer failure(
      HttpServerResponse response,
      Failure failure,
      long retryAfterMillis,
      Call call,
      String path,
      String node) {
    HttpProblem problem = HttpProblem.of(failure);
    response.setStatusCode(problem.status());
    response.putHeader(Headers.CONTENT_TYPE, HttpProblem.MEDIA_TYPE);
    if (problem.hasRetryAfter()) {
      response.putHeader(
          "retry-after", Long.toString(HttpProblem.retryAfterSeconds(retryAfterMillis)));
    }
    if (problem.status() == 401) {
      response.putHeader("www-authenticate", "Bearer");
    }
    String id = call == null ? null : call.id().toString();
    return problem.body(id == null ? path : "/v1/calls/" + id, id, node);
  }

  @Override
  public Future<Void> acceptable(Call call) {
    return call.taken();
  }

  @Override
  public Buffer accepted(HttpServerResponse response, Call call) {
    String place = "/v1/calls/" + call.id();
    response.setStatusCode(202);
    response.putHeader("location", place);
    response.putHeader(Headers.CONTENT_TYPE, "application/json");
    return new JsonObject().put("call_id", call.id().toString()).put("location", place).toBuffer();
  }
}
