package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.call.CallRequest;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client of a call sees, over both versions of HTTP where it matters. */
class CallExchangeTest {
  private static final String ECHO = "/v1/pools/echo/calls";

  private HttpStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private HttpClient client(HttpClient.Version version) {
    return version == HttpClient.Version.HTTP_2 ? stage.http2 : stage.http1;
  }

  private HttpResponse<byte[]> send(HttpClient.Version version, byte[] body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        stage.request(ECHO).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client(version).send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aCallIsAnsweredWithTheWorkersBodyAndOwnHeaders(HttpClient.Version version) throws Exception {
    HttpResponse<byte[]> response =
        send(version, "hello".getBytes(StandardCharsets.UTF_8), "content-type", "text/x");

    assertEquals(version, response.version());
    assertEquals(200, response.statusCode());
    assertArrayEquals("hello".getBytes(StandardCharsets.UTF_8), response.body());
    assertEquals("text/x", response.headers().firstValue("content-type").orElse(""));
    assertEquals(ScriptedCall.WORKER, response.headers().firstValue("busbar-worker").orElse(""));
    assertEquals("1", response.headers().firstValue("busbar-attempts").orElse(""));
    assertEquals(
        stage.calls.opened().get(0).id().toString(),
        response.headers().firstValue("busbar-call-id").orElse(""));
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void anEmptyBodyIsAnEmptyBody(HttpClient.Version version) throws Exception {
    HttpResponse<byte[]> response = send(version, new byte[0]);

    assertEquals(200, response.statusCode());
    assertEquals(0, response.body().length);
    assertTrue(stage.calls.opened().get(0).requestBody().ended());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aLargeBodyComesBackWholeAndIsNeverHeldWhole(HttpClient.Version version) throws Exception {
    byte[] body = new byte[16 * 1024 * 1024];
    new Random(7).nextBytes(body);

    assertArrayEquals(body, HttpStage.await(stage.echo(version, ECHO, body)).getBytes());

    ScriptedCall call = stage.calls.opened().get(0);
    assertTrue(
        call.requestBody().mostHeld() < 2 * 1024 * 1024, "held " + call.requestBody().mostHeld());
  }

  @Test
  void theCallSaysWhatTheHeadersAsk() throws Exception {
    stage.post(
        ECHO + "?x=1",
        "b",
        "busbar-timeout",
        "1500ms",
        "busbar-affinity",
        "key",
        "busbar-tenant",
        "acme",
        "busbar-priority",
        "7",
        "x-request-id",
        "mine",
        "x-other",
        "kept");

    ScriptedCall call = stage.calls.opened().get(0);
    CallRequest request = call.request();
    assertEquals("echo", request.pool());
    assertEquals(1500, request.remainingMillis());
    assertEquals(1500, request.timeoutMillis());
    assertEquals("key", request.affinity());
    assertEquals("acme", request.tenant());
    assertEquals(7, request.priority());
    assertEquals("mine", request.head().getClientId());
    assertEquals(ECHO + "?x=1", request.head().getUri());
    assertEquals("http://127.0.0.1:" + stage.port, request.head().getBaseUrl());
    assertEquals("POST", request.head().getMethod());
    assertEquals(1, request.head().getContentLength());
    assertEquals("kept", call.header("x-other"));
    assertNull(call.header("busbar-timeout"));
  }

  @Test
  void hopByHopHeadersStayHere() throws Exception {
    try (RawClient raw = stage.raw()) {
      raw.send(
          "POST "
              + ECHO
              + " HTTP/1.1\r\nHost: x\r\nConnection: close, X-Private\r\nX-Private: 1\r\n"
              + "TE: trailers\r\nKeep-Alive: 5\r\nX-Api-Key: k\r\nAuthorization: Basic a\r\n"
              + "Content-Length: 0\r\n\r\n");
      raw.rest();
    }

    ScriptedCall call = stage.calls.opened().get(0);
    for (String gone : new String[] {"connection", "x-private", "te", "keep-alive", "x-api-key"}) {
      assertNull(call.header(gone), gone);
    }
    assertEquals("Basic a", call.header("authorization"));
  }

  @Test
  void aFailureBeforeTheAnswerIsAProblem() throws Exception {
    stage.calls.script(
        call ->
            call.attempts(3)
                .retryAfter(2500)
                .fail(Failure.of(FailureCode.QUEUE_FULL, "queue of echo is full")));

    HttpResponse<String> response = stage.post(ECHO, "x");

    assertEquals(503, response.statusCode());
    assertEquals("3", response.headers().firstValue("retry-after").orElse(""));
    assertEquals("3", response.headers().firstValue("busbar-attempts").orElse(""));
    assertEquals(
        "application/problem+json", response.headers().firstValue("content-type").orElse(""));
    JsonObject problem = new JsonObject(response.body());
    assertEquals("queue_full", problem.getString("code"));
    assertEquals("queue of echo is full", problem.getString("detail"));
    assertEquals(true, problem.getBoolean("retryable"));
    assertEquals("fake", problem.getString("node"));
    assertEquals(503, problem.getInteger("status"));
    assertEquals(stage.calls.opened().get(0).id().toString(), problem.getString("call_id"));
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void aFailureAfterTheFirstByteIsNeverACleanEnd(HttpClient.Version version) throws Exception {
    stage.calls.script(
        call -> {
          call.respond(200).write("part").write("ial");
          stage.vertx.setTimer(50, id -> call.fail(Failure.of(FailureCode.WORKER_LOST, "gone")));
        });

    assertThrows(IOException.class, () -> send(version, new byte[10]));
  }

  @Test
  void overHttp1TheBrokenAnswerStopsShortOfItsTerminator() throws Exception {
    stage.calls.script(
        call -> {
          call.respond(200).write("part").write("ial");
          stage.vertx.setTimer(50, id -> call.fail(Failure.of(FailureCode.WORKER_LOST, "gone")));
        });
    try (RawClient raw = stage.raw()) {
      raw.send("POST " + ECHO + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
      String head = raw.head();
      assertTrue(head.contains("transfer-encoding: chunked"), head);
      String body = raw.rest();
      assertTrue(body.startsWith("4\r\npart\r\n"), body);
      assertFalse(body.contains("\r\n0\r\n"), body);
    }
  }

  @Test
  void aShorterBodyThanTheWorkerAnnouncedIsAFailure() throws Exception {
    stage.calls.script(call -> call.respond(200, "content-length", "10").write("short").finish());

    HttpResponse<String> response = stage.post(ECHO, "x");

    assertEquals(502, response.statusCode());
    assertEquals("worker_protocol", new JsonObject(response.body()).getString("code"));
  }

  @Test
  void aHeadThatHttpForbidsIsAFailure() throws Exception {
    stage.calls.script(call -> call.respond(200, "x-bad", "a\r\nset-cookie: b").finish());

    HttpResponse<String> response = stage.post(ECHO, "x");

    assertEquals(502, response.statusCode());
    assertTrue(response.body().contains("x-bad"), response.body());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void theHeadArrivesBeforeTheBody(HttpClient.Version version) throws Exception {
    stage.calls.script(call -> call.respond(201, "x-first", "yes"));

    HttpResponse<java.io.InputStream> response =
        client(version)
            .send(
                stage.request(ECHO).POST(HttpRequest.BodyPublishers.noBody()).build(),
                HttpResponse.BodyHandlers.ofInputStream());

    assertEquals(201, response.statusCode());
    ScriptedCall call = stage.calls.opened().get(0);
    call.onContext(() -> call.write("later").finish());
    assertEquals("later", new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aClientThatLeavesCancelsItsCall() throws Exception {
    stage.calls.script(call -> {});
    try (RawClient raw = stage.raw()) {
      raw.send("POST " + ECHO + " HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc");
      stage.opened();
    }

    Failure reason = stage.calls.opened().get(0).cancelSeen().get(30, TimeUnit.SECONDS);
    assertEquals(FailureCode.CALLER_GONE, reason.code());
  }

  @Test
  void aSlowReaderHoldsTheWorkerBack() throws Exception {
    Buffer block = Buffer.buffer(new byte[64 * 1024]);
    stage.calls.script(
        call -> {
          call.respond(200);
          for (int i = 0; i < 1024; i++) {
            call.write(block);
          }
          call.finish();
        });
    HttpResponse<java.io.InputStream> response =
        stage.http1.send(
            stage.request(ECHO).POST(HttpRequest.BodyPublishers.noBody()).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    ScriptedCall call = stage.calls.opened().get(0);

    assertEquals(0, response.body().read());
    assertTrue(call.answerBody().bytesOut() < 32L * 1024 * 1024);
    assertEquals(
        64L * 1024 * 1024 - 1, response.body().transferTo(java.io.OutputStream.nullOutputStream()));
  }
}
