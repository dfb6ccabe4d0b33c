package io.busbar.fnlb;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each way a call can fail, as its HTTP client is told of it. */
class OutcomeTest {
  private static final String BUSY = FnOutcome.TOO_BUSY;
  private static FnLbStage stage;

  @BeforeAll
  static void open() throws Exception {
    stage = new FnLbStage();
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource({
    // code, the worker's own code, user, status, message, Retry-After
    "BUSY,0,false,503,Timed out - server too busy,15",
    "NO_WORKER,0,false,503,Timed out - server too busy,15",
    "QUEUE_FULL,0,false,503,Timed out - server too busy,15",
    "QUEUE_TIMEOUT,0,false,503,Timed out - server too busy,15",
    "DRAINING,0,false,503,Timed out - server too busy,15",
    "BUSY_AFTER_COMMIT,0,false,503,Timed out - server too busy,15",
    "UNAVAILABLE,0,false,503,why,15",
    "WORKER_FAILED,502,true,502,why,",
    "WORKER_FAILED,504,true,504,why,",
    "WORKER_FAILED,413,true,413,why,",
    "WORKER_FAILED,429,true,429,why,15",
    "WORKER_FAILED,503,false,503,why,15",
    "WORKER_FAILED,400,false,400,why,",
    "WORKER_FAILED,500,true,500,why,",
    "WORKER_FAILED,501,false,501,why,",
    "WORKER_FAILED,0,true,502,why,",
    "WORKER_REJECTED,400,false,400,why,",
    "WORKER_REJECTED,0,false,500,internal server error,",
    "WORKER_LOST,0,false,500,internal server error,",
    "WORKER_PROTOCOL,0,false,500,internal server error,",
    "NODE_LOST,0,false,500,internal server error,",
    "STREAM_BROKEN,0,false,500,internal server error,",
    "INTERNAL,0,false,500,internal server error,",
    "UNKNOWN,0,false,500,internal server error,",
    "DEADLINE_EXCEEDED,0,true,504,why,",
    "DEADLINE_EXCEEDED,0,false,504,why,",
    "TOO_LARGE,0,false,413,why,",
    "TOO_MANY_REQUESTS,0,false,429,why,15",
    "CONFLICT,0,false,409,why,",
    "NODE_GONE,0,false,410,why,",
    "NO_SUCH_POOL,0,false,404,why,",
    "NOT_FOUND,0,false,404,why,",
    "NOT_IMPLEMENTED,0,false,501,why,",
    "NO_PROGRESS,0,false,408,why,",
  })
  void isToldInFnsWords(
      FailureCode code, int own, boolean user, int status, String message, String retryAfter)
      throws Exception {
    Failure failure = Failure.of(code, "why").withStatus(own).withUser(user);
    stage.calls.script(call -> call.fail(failure));

    HttpResponse<String> response = stage.post("/invoke/fn-echo", "x");

    assertEquals(status, response.statusCode());
    assertEquals(message, new JsonObject(response.body()).getString("message"));
    assertEquals("{\"message\":\"" + message + "\"}\n", response.body());
    assertEquals(
        "application/json; charset=utf-8",
        response.headers().firstValue("content-type").orElse(""));
    assertEquals(retryAfter, response.headers().firstValue("retry-after").orElse(null));
    assertEquals(code.wireName(), response.headers().firstValue("busbar-failure").orElse(""));
  }

  @Test
  void noFailureIsEverASuccess() {
    Set<FailureCode> wrong = new TreeSet<>();
    Arrays.stream(FailureCode.values())
        .filter(code -> FnOutcome.of(Failure.of(code, ""), false).status() < 400)
        .forEach(wrong::add);
    assertEquals(Set.of(), wrong);
    assertEquals(BUSY, FnOutcome.of(Failure.of(FailureCode.BUSY, ""), true).message());
  }
}
