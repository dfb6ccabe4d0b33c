package io.busbar.fnlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RequestHead;
import io.busbar.call.CallRequest;
import io.busbar.edge.HttpOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.busbar.testing.FakeCall;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code POST /invoke/{fn_id}} as a client of Fn's load balancer sees it. */
class InvokeTest {
  private static final String ECHO = "/invoke/fn-echo";

  private FnLbStage stage;

  @BeforeEach
  void open() throws Exception {
    stage = new FnLbStage();
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  /** Answers with the request's body as it comes. */
  private static void echo(FakeCall call) {
    call.respond(200, "Content-Type", "text/x", "X-Many", "1", "X-Many", "2");
    call.sink().onWrite(call::send);
    call.sink().ended().thenRun(call::succeed);
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void theFunctionsAnswerComesBackWithItsHeaders(HttpClient.Version version) throws Exception {
    stage.calls.script(InvokeTest::echo);
    HttpClient client = version == HttpClient.Version.HTTP_2 ? stage.http2 : stage.http1;

    HttpResponse<String> response =
        client.send(stage.posting(ECHO, "hello"), HttpResponse.BodyHandlers.ofString());

    assertEquals(200, response.statusCode());
    assertEquals("hello", response.body());
    assertEquals("text/x", response.headers().firstValue("Content-Type").orElse(""));
    assertEquals(List.of("1", "2"), response.headers().allValues("X-Many"));
    assertEquals(26, response.headers().firstValue("Fn-Call-Id").orElse("").length());
    assertEquals("1", response.headers().firstValue("Busbar-Attempts").orElse(""));
  }

  @Test
  void theWorkerIsToldWhatFnsLoadBalancerTells() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        stage.http1.sendAsync(
            stage.posting(ECHO, "hello", "x-req", "a", "X-API-Key", "secret-of-busbar"),
            HttpResponse.BodyHandlers.ofString());
    FakeCall call = stage.calls.next();
    CallRequest request = call.request();
    RequestHead head = request.head();

    assertEquals("gold", request.pool());
    assertEquals("fn-echo", request.affinity());
    assertEquals(7000, request.timeoutMillis());
    assertEquals("fn", head.getOrigin());
    assertEquals("fn-echo", head.getFnId());
    assertEquals("app-1", head.getAppId());
    assertEquals(5, head.getContentLength());
    assertEquals("gouda", head.getExtensionsMap().get("FN_CHEESE"));
    JsonObject json = new JsonObject(head.getOriginal().toStringUtf8());
    assertEquals(head.getClientId(), json.getString("id"));
    assertEquals("sync", json.getString("type"));
    assertEquals("POST", json.getString("method"));
    assertEquals("http://127.0.0.1:" + stage.port + ECHO, json.getString("url"));
    assertEquals("acme/echo:1", json.getString("image"));
    assertEquals(7, json.getInteger("timeout"));
    assertEquals(60, json.getInteger("idle_timeout"));
    assertEquals("media", json.getString("app_name"));
    assertEquals("gold", json.getJsonObject("annotations").getString("tier"));
    JsonObject config = json.getJsonObject("config");
    assertEquals("thumbs", config.getString("BUCKET"));
    assertEquals("256", config.getString("FN_MEMORY"));
    assertEquals("sync", config.getString("FN_TYPE"));
    assertEquals("fn-echo", config.getString("FN_FN_ID"));
    assertEquals("app-1", config.getString("FN_APP_ID"));
    JsonObject headers = json.getJsonObject("headers");
    assertEquals("a", headers.getJsonArray("X-Req").getString(0));
    assertEquals("5", headers.getJsonArray("Content-Length").getString(0));
    assertFalse(headers.containsKey("Host"));
    assertFalse(headers.containsKey("X-Api-Key"));
    assertFalse(json.encode().contains("secret-of-busbar"));

    call.respond(200).succeed();
    HttpResponse<String> response = answer.get(30, TimeUnit.SECONDS);
    assertEquals(head.getClientId(), response.headers().firstValue("Fn-Call-Id").orElse(""));
  }

  @Test
  void idsOfCallsGrow() throws Exception {
    stage.calls.script(InvokeTest::echo);
    String first = stage.post(ECHO, "").headers().firstValue("Fn-Call-Id").orElseThrow();
    String second = stage.post(ECHO, "").headers().firstValue("Fn-Call-Id").orElseThrow();
    assertTrue(first.compareTo(second) < 0, first + " " + second);
  }

  @Test
  void theAnswerIsStreamedBeforeItsEnd() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer =
        stage.http1.sendAsync(stage.posting(ECHO, "x"), HttpResponse.BodyHandlers.ofInputStream());
    FakeCall call = stage.calls.next().respond(200).send(Buffer.buffer("first "));
    try (InputStream body = answer.get(30, TimeUnit.SECONDS).body()) {
      assertEquals("first ", new String(body.readNBytes(6), StandardCharsets.UTF_8));
      call.send(Buffer.buffer("second")).succeed();
      assertEquals("second", new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aStatusOfTheRunnerPassesThrough() throws Exception {
    stage.calls.script(call -> call.respond(404).send(Buffer.buffer("not here")).succeed());
    HttpResponse<String> response = stage.post(ECHO, "");
    assertEquals(404, response.statusCode());
    assertEquals("not here", response.body());
  }

  @Test
  void aFailureAfterOutputBreaksTheAnswerOff() throws Exception {
    CompletableFuture<HttpResponse<InputStream>> answer =
        stage.http1.sendAsync(stage.posting(ECHO, "x"), HttpResponse.BodyHandlers.ofInputStream());
    FakeCall call = stage.calls.next().respond(200).send(Buffer.buffer("partial"));
    try (InputStream body = answer.get(30, TimeUnit.SECONDS).body()) {
      body.readNBytes(7);
      call.fail(Failure.of(FailureCode.WORKER_LOST, "gone"));
      assertThrows(IOException.class, body::readAllBytes);
    }
  }

  @Test
  void aClientThatLeavesCancelsItsCall() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", stage.port)) {
      socket
          .getOutputStream()
          .write(
              ("POST " + ECHO + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nab")
                  .getBytes(StandardCharsets.US_ASCII));
      FakeCall call = stage.calls.next();
      socket.close();
      assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(30, TimeUnit.SECONDS).code());
    }
  }

  @Test
  void aDetachedCallIsConfirmedWhenAWorkerHasItAndRunsOn() throws Exception {
    CompletableFuture<HttpResponse<String>> answer =
        stage.http1.sendAsync(
            stage.posting(ECHO, "work", "Fn-Invoke-Type", "detached"),
            HttpResponse.BodyHandlers.ofString());
    FakeCall call = stage.calls.next();
    assertTrue(call.request().head().getDetached());
    assertEquals(
        "detached",
        new JsonObject(call.request().head().getOriginal().toStringUtf8()).getString("type"));
    assertEquals("work", call.sink().ended().get(30, TimeUnit.SECONDS).toString());
    assertFalse(answer.isDone());

    call.commit();

    HttpResponse<String> response = answer.get(30, TimeUnit.SECONDS);
    assertEquals(202, response.statusCode());
    assertEquals("", response.body());
    assertTrue(response.headers().firstValue("Fn-Call-Id").isPresent());
    assertFalse(call.cancelled().isDone());
    call.fail(Failure.of(FailureCode.WORKER_LOST, "only logged"));
  }

  @Test
  void aDetachedCallThatFailsFirstTellsSo() throws Exception {
    stage.calls.script(
        call -> call.fail(Failure.of(FailureCode.DEADLINE_EXCEEDED, "nobody had time")));
    HttpResponse<String> response = stage.post(ECHO, "work", "Fn-Invoke-Type", "detached");
    assertEquals(500, response.statusCode());
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/invoke/fn-echo,405,POST",
    "PUT,/invoke/fn-echo,405,POST",
    "POST,/,405,GET",
    "GET,/nothing,404,",
    "POST,/invoke/,400,",
    "POST,/invoke/a/b,400,",
    "POST,/invoke/a%20b,400,",
    "POST,/invoke/../x,400,",
    "POST,/invoke/other,404,",
    "GET,/t/media/nothing,404,",
  })
  void whatCannotBeIsRefusedWithAMessage(String method, String path, int status, String allow)
      throws Exception {
    try (Socket socket = new Socket("127.0.0.1", stage.port)) {
      socket
          .getOutputStream()
          .write(
              (method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
      assertTrue(answer.contains("\r\n\r\n{\"message\":\""), answer);
      assertTrue(answer.endsWith("\"}\n"), answer);
      assertEquals(allow != null, answer.contains("allow: " + allow), answer);
    }
    assertEquals(0, stage.calls.waiting());
  }

  @Test
  void pingAndVersionAreAnswered() throws Exception {
    assertEquals(200, stage.get("/").statusCode());
    assertEquals("1.2.3", new JsonObject(stage.get("/version").body()).getString("version"));
  }

  @Test
  void aBodyOverTheLimitIs413() throws Exception {
    try (FnLbStage small =
        new FnLbStage(ControlApiOptions.NONE, Access.OPEN, (HttpOptions o) -> o.withMaxBody(4))) {
      HttpResponse<String> response = small.post(ECHO, "12345");
      assertEquals(413, response.statusCode());
      assertTrue(response.body().contains("fn-lb.max-body"), response.body());
      assertEquals(0, small.calls.waiting());
    }
  }

  @Test
  void aKeyIsAskedForWhenThereAreKeys() throws Exception {
    Access access =
        (key, role) ->
            "k".equals(key) ? null : Failure.of(FailureCode.UNAUTHENTICATED, "a key is needed");
    try (FnLbStage closed = new FnLbStage(ControlApiOptions.NONE, access, o -> o)) {
      closed.calls.script(InvokeTest::echo);
      assertEquals(401, closed.post(ECHO, "x").statusCode());
      assertEquals(200, closed.post(ECHO, "x", "x-api-key", "k").statusCode());
    }
  }
}
