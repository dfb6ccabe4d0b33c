package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mapping from failures to HTTP, row by row. */
class HttpProblemTest {
  private static final String TABLE =
      """
      INVALID_REQUEST,     400, invalid_request,     false
      UNAUTHENTICATED,     401, unauthenticated,     false
      FORBIDDEN,           403, forbidden,           false
      NOT_FOUND,           404, not_found,           false
      NO_SUCH_POOL,        404, no_such_pool,        false
      NO_HANDLER,          404, no_handler,          true
      METHOD_NOT_ALLOWED,  405, method_not_allowed,  false
      NO_PROGRESS,         408, no_progress,         false
      CONFLICT,            409, conflict,            false
      NODE_GONE,           410, node_lost,           false
      TOO_LARGE,           413, too_large,           false
      UNSUPPORTED_MEDIA,   415, unsupported_media,   false
      UNPROCESSABLE,       422, unprocessable,       false
      REJECTED,            422, rejected,            false
      TOO_MANY_REQUESTS,   429, too_many_requests,   true
      HEADERS_TOO_LARGE,   431, headers_too_large,   false
      CANCELLED,           499, cancelled,           false
      CALLER_GONE,         499, caller_gone,         false
      BUSY,                503, busy,                true
      NO_WORKER,           503, no_worker,           true
      QUEUE_FULL,          503, queue_full,          true
      QUEUE_TIMEOUT,       503, queue_timeout,       true
      DRAINING,            503, draining,            true
      NO_MAJORITY,         503, no_majority,         true
      OWNED,               409, owned,               false
      STALE_EPOCH,         412, stale_epoch,         false
      CLOCK_SKEW,          503, clock_skew,          true
      MOVED,               503, moved,               true
      UNAVAILABLE,         503, unavailable,         true
      BUSY_AFTER_COMMIT,   503, busy_after_commit,   true
      WORKER_REJECTED,     502, worker_rejected,     false
      WORKER_FAILED,       502, worker_failed,       false
      WORKER_LOST,         502, worker_lost,         false
      HANDLER_FAILED,      502, handler_failed,      false
      WORKER_PROTOCOL,     502, worker_protocol,     false
      NODE_LOST,           502, node_lost,           false
      STREAM_BROKEN,       502, stream_broken,       false
      DEADLINE_EXCEEDED,   504, deadline_exceeded,   false
      NOT_IMPLEMENTED,     501, not_implemented,     false
      INTERNAL,            500, internal,            false
      UNKNOWN,             500, unknown,             false
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource(textBlock = TABLE)
  void everyFailureHasItsStatusCodeAndRetrySafety(
      FailureCode code, int status, String name, boolean retryable) {
    HttpProblem problem = HttpProblem.of(Failure.of(code, "why"));
    JsonObject body = new JsonObject(problem.body("/v1/x", "ID", "me"));

    assertEquals(status, problem.status());
    assertEquals(status == 503, problem.hasRetryAfter());
    assertEquals("urn:busbar:problem:" + name, body.getString("type"));
    assertFalse(body.getString("title").isBlank());
    assertEquals(status, body.getInteger("status"));
    assertEquals("why", body.getString("detail"));
    assertEquals("/v1/x", body.getString("instance"));
    assertEquals(name, body.getString("code"));
    assertEquals(retryable, body.getBoolean("retryable"));
    assertEquals("me", body.getString("node"));
    assertEquals("ID", body.getString("call_id"));
  }

  @Test
  void theTableHasARowForEveryFailure() {
    Set<String> rows = new HashSet<>();
    TABLE.lines().forEach(line -> rows.add(line.substring(0, line.indexOf(',')).trim()));
    Set<String> codes = new HashSet<>();
    Arrays.stream(FailureCode.values()).map(Enum::name).forEach(codes::add);

    assertEquals(codes, rows);
  }

  @Test
  void theWorkersOwnStatusIsShown() {
    Failure failure = Failure.of(FailureCode.WORKER_FAILED, "x").withStatus(418);

    assertEquals(418, HttpProblem.of(failure).status());
  }

  @Test
  void theReportingNodeAndWorkerAreNamed() {
    Failure failure = Failure.of(FailureCode.WORKER_LOST, "x").at("node-b", "w7");
    JsonObject body = new JsonObject(HttpProblem.of(failure).body("/", null, "me"));

    assertEquals("node-b", body.getString("node"));
    assertEquals("w7", body.getString("worker"));
    assertFalse(body.containsKey("call_id"));
  }

  @Test
  void retryAfterIsAtLeastOneSecondAndRoundedUp() {
    assertEquals(1, HttpProblem.retryAfterSeconds(0));
    assertEquals(1, HttpProblem.retryAfterSeconds(1));
    assertEquals(3, HttpProblem.retryAfterSeconds(2001));
  }
}
