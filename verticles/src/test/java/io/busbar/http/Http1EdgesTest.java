package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.edge.HttpOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 as no well-behaved client speaks it, byte for byte. */
class Http1EdgesTest {
  private static final String POST = "POST /v1/pools/echo/calls HTTP/1.1\r\nHost: x\r\n";
  private static final HttpOptions TIGHT =
      HttpOptions.defaults()
          .withMaxBody(1000)
          .withTimeouts(Duration.ofMillis(600), Duration.ofSeconds(20), Duration.ofSeconds(10));

  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private void reopen(HttpOptions options) throws Exception {
    stage.close();
    stage = new HttpStage(options, Access.OPEN);
  }

  private static String code(String answer) {
    return new JsonObject(answer.substring(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
        .getString("code");
  }

  @Test
  void anAnswerBeforeTheBodyWasReadReachesTheClient() throws Exception {
    stage.calls.script(call -> call.respond(403).write("no").finish());
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 8000000\r\n\r\n");
      // More than any socket buffer takes: a server that closed at once would reset us here.
      for (int i = 0; i < 80; i++) {
        raw.send(new byte[100_000]);
      }
      String head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 403 "), head);
      assertTrue(head.contains("connection: close"), head);
      assertEquals("no", raw.rest());
    }
  }

  @Test
  void continueIsSaidOnceTheCallWasTaken() throws Exception {
    stage.calls.script(call -> {});
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      ScriptedCall call = stage.opened();
      assertEquals(0, raw.in.available());
      call.onContext(call::take);
      assertTrue(raw.head().startsWith("HTTP/1.1 100 "));
      call.onContext(call::echo);
      raw.send("abc");
      assertTrue(raw.head().startsWith("HTTP/1.1 200 "));
    }
  }

  @Test
  void aRefusedExpectationGetsItsFinalStatusAndNoContinue() throws Exception {
    stage.calls.script(call -> call.fail(Failure.of(FailureCode.NO_SUCH_POOL, "no pool echo")));
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      String head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 404 "), head);
      assertTrue(head.contains("connection: close"), head);
    }
  }

  @Test
  void anUnknownExpectationIsRefused() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 0\r\nExpect: cake\r\n\r\n");
      assertTrue(raw.head().startsWith("HTTP/1.1 417 "));
    }
    assertTrue(stage.calls.opened().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/pools//calls, 400, invalid_request",
    "/v1/pools/../calls, 400, invalid_request",
    "/v1/pools/a%2Fb/calls, 400, invalid_request",
    "/v1/pools/%2e%2e/calls, 400, invalid_request",
    "/v1/pools/a/../b/calls, 400, invalid_request",
    "/v1/pools/a/b/calls, 404, not_found",
    "/v1/pools/%zz/calls, 400, invalid_request",
    "/v1/pools/%/calls, 400, invalid_request",
    "/v1/pools/echo/calls/, 400, invalid_request",
    "/v1/calls/%2e%2e%2fx, 400, invalid_request",
    "/v1/calls/..;/x, 404, not_found",
    "/v1/%00, 400, invalid_request",
    "//v1/pools, 400, invalid_request",
    "/v1/workers/a%5cb, 400, invalid_request",
    "*, 400, invalid_request",
    "/, 404, not_found",
  })
  void pathTricksAreRefused(String path, int status, String code) throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      String answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
      assertEquals(code, code(answer), answer);
    }
    assertTrue(stage.calls.opened().isEmpty());
  }

  @Test
  void anAbsoluteTargetIsACallToo() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST http://x/v1/pools/echo/calls HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
              + "Connection: close\r\n\r\nhi");
      assertTrue(raw.rest().contains("hi"));
    }
  }

  @Test
  void anOverlongTargetIsRefused() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send("POST /v1/pools/" + "a".repeat(9000) + "/calls HTTP/1.1\r\nHost: x\r\n\r\n");
      String answer = raw.rest();
      assertTrue(answer.contains(" 414 "), answer);
      assertTrue(answer.contains("http.max-uri"), answer);
    }
  }

  @Test
  void aLongPoolNameIsRefused() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST /v1/pools/"
              + "a".repeat(200)
              + "/calls HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertTrue(raw.rest().contains("at most 128"));
    }
  }

  @Test
  void aHeaderBombIsRefusedByItsBytes() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "X-Bomb: " + "b".repeat(40_000) + "\r\n\r\n");
      String answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
      assertEquals("headers_too_large", code(answer));
    }
  }

  @Test
  void aHeaderBombIsRefusedByItsCount() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Connection: close\r\n" + "a: b\r\n".repeat(300) + "\r\n");
      String answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 431 "), answer);
    }
  }

  @Test
  void garbageIsRefused() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send("\u0001\u0002garbage\r\n\r\n");
      String answer = raw.rest();
      assertTrue(answer.contains(" 400 "), answer);
      assertEquals("invalid_request", code(answer));
    }
  }

  @Test
  void brokenChunkingEndsTheCallAndIsNamed() throws Exception {
    stage.calls.script(call -> {});
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
      String answer = raw.rest();
      assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
      assertEquals("invalid_request", code(answer));
      assertTrue(answer.contains("the body is not HTTP"), answer);
    }
    Failure reason = stage.opened().cancelSeen().get(30, TimeUnit.SECONDS);
    assertFalse(reason.retrySafe());
  }

  @Test
  void aBodyWithTwoLengthsIsRefused() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc");
      assertTrue(raw.rest().startsWith("HTTP/1.1 400 "));
    }
    assertTrue(stage.calls.opened().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "s", "-1s", "1d", "99999999h", "1.5s", "9999999999999999999999ms"})
  void aBadTimeoutNamesItsHeader(String timeout) throws Exception {
    String body = stage.post("/v1/pools/echo/calls", "x", "busbar-timeout", timeout).body();
    assertTrue(new JsonObject(body).getString("detail").contains("busbar-timeout"), body);
  }

  @Test
  void anAnnouncedBodyOverTheLimitIsRefusedUnread() throws Exception {
    reopen(TIGHT);
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 1001\r\n\r\n");
      String head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 413 "), head);
    }
    assertTrue(stage.calls.opened().isEmpty());
  }

  @Test
  void aStreamedBodyOverTheLimitEndsItsCall() throws Exception {
    reopen(TIGHT);
    stage.calls.script(call -> {});
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
      raw.send("400\r\n" + "x".repeat(0x400) + "\r\n");
      String head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 413 "), head);
    }
    Failure reason = stage.opened().cancelSeen().get(30, TimeUnit.SECONDS);
    assertEquals(FailureCode.TOO_LARGE, reason.code());
  }

  @Test
  void aBodyThatStopsComingEndsItsCall() throws Exception {
    reopen(TIGHT);
    stage.calls.script(call -> {});
    try (RawClient raw = stage.raw()) {
      raw.send(POST + "Content-Length: 10\r\n\r\nabc");
      String head = raw.head();
      assertTrue(head.startsWith("HTTP/1.1 408 "), head);
    }
    assertEquals(1, stage.meters.counter("busbar.http.no.progress").count());
  }

  @Test
  void aSlowWorkerIsNotTheClientsFault() throws Exception {
    reopen(TIGHT);
    stage.calls.script(
        call -> stage.vertx.setTimer(2500, id -> call.respond(200).write("late").finish()));
    assertEquals("late", stage.post("/v1/pools/echo/calls", "x").body());
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    reopen(
        HttpOptions.defaults()
            .withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(300), Duration.ofSeconds(10)));
    try (RawClient raw = stage.raw()) {
      raw.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\n\r\n");
      raw.head();
      raw.send("GET /v1/po");
      assertFalse(raw.rest().contains("HTTP/1.1 2"));
    }
  }

  @Test
  void aConnectionThatNeverSpeaksIsClosed() throws Exception {
    reopen(
        HttpOptions.defaults()
            .withEntry(new HttpOptions.Entry(Duration.ofMillis(300), List.of("*"))));
    try (RawClient raw = stage.raw()) {
      assertEquals("", raw.rest());
    }
  }

  @Test
  void aConnectionWhoseCallIsSilentIsNotIdle() throws Exception {
    reopen(
        HttpOptions.defaults()
            .withTimeouts(Duration.ofSeconds(60), Duration.ofMillis(300), Duration.ofSeconds(10)));
    stage.calls.script(
        call -> stage.vertx.setTimer(2000, id -> call.respond(200).write("late").finish()));
    assertEquals("late", stage.post("/v1/pools/echo/calls", "x").body());
  }

  @Test
  void connectionsOverTheLimitAreClosed() throws Exception {
    reopen(HttpOptions.defaults().withMaxConnections(1));
    try (RawClient first = stage.raw();
        RawClient second = stage.raw()) {
      first.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\n\r\n");
      first.head();
      second.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\n\r\n");
      assertFalse(second.rest().contains("200"));
    }
    assertEquals(1, stage.meters.counter("busbar.http.connections.refused").count());
  }

  @Test
  void pipelinedCallsAreAnsweredInOrder() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(
          (POST + "Content-Length: 1\r\n\r\n1")
              + (POST + "Content-Length: 1\r\n\r\n2")
              + (POST + "Content-Length: 1\r\nConnection: close\r\n\r\n3"));
      String all = raw.rest().replaceAll("(?s)HTTP/1.1 200.*?\r\n\r\n", "");
      assertEquals("123", all.replaceAll("1\r\n(\\d)\r\n0\r\n\r\n", "$1"), all);
    }
  }

  @Test
  void aRefusedSmallRequestKeepsItsConnection() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send("POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
      String head = raw.head();
      assertFalse(head.contains("connection: close"), head);
      int length = Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
      raw.bytes(length);
      raw.send("GET /v1/pools HTTP/1.1\r\nHost: x\r\n\r\n");
      assertTrue(raw.head().startsWith("HTTP/1.1 200 "));
    }
  }
}
