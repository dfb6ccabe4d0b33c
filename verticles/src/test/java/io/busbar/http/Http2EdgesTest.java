package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of one HTTP/2 connection: what ends one leaves the others alone. */
class Http2EdgesTest {
  private static final String ECHO = "/v1/pools/echo/calls";

  private HttpStage stage;
  private HttpClientAgent client;

  @BeforeEach
  void open() throws Exception {
    stage = new HttpStage();
    client =
        stage.vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(stage.port));
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
  }

  private HttpClientRequest request() throws Exception {
    return HttpStage.await(client.request(HttpMethod.POST, ECHO));
  }

  /** The body to come; asked for before anything is sent, so that none of it is missed. */
  private static Future<String> text(HttpClientRequest request) {
    return request.response().compose(HttpClientResponse::body).map(Buffer::toString);
  }

  @Test
  void anAnswerBeforeTheBodyIsFollowedByAResetWithoutError() throws Exception {
    stage.calls.script(call -> call.respond(403).write("no").finish());
    HttpClientRequest request = request();
    Promise<Throwable> reset = Promise.promise();
    request.exceptionHandler(reset::tryComplete);
    Future<String> body = text(request);
    request.setChunked(true).write(Buffer.buffer("more comes"));

    assertEquals("no", HttpStage.await(body));
    StreamResetException told =
        assertInstanceOf(StreamResetException.class, HttpStage.await(reset.future()));
    assertEquals(0, told.getCode());
  }

  @Test
  void aFailureAfterTheFirstByteResetsTheStreamOnly() throws Exception {
    stage.calls.script(
        call -> {
          if ("yes".equals(call.header("x-break"))) {
            call.respond(200).write("a").write("b");
            stage.vertx.setTimer(50, id -> call.fail(Failure.of(FailureCode.WORKER_LOST, "gone")));
          } else {
            call.echo();
          }
        });
    HttpClientRequest other = request();
    Future<String> text = text(other);
    other.setChunked(true).write("half ");
    HttpClientRequest broken = request();
    Future<Buffer> body =
        broken.putHeader("x-break", "yes").send().compose(HttpClientResponse::body);

    ExecutionException thrown = assertThrows(ExecutionException.class, () -> HttpStage.await(body));
    StreamResetException reset = assertInstanceOf(StreamResetException.class, thrown.getCause());
    assertEquals(2, reset.getCode());
    other.end("and half");
    assertEquals("half and half", HttpStage.await(text));
  }

  @Test
  void aHeaderBombIsRefusedAndTheOtherStreamGoesOn() throws Exception {
    try (RawHttp2 raw = new RawHttp2(stage.port)) {
      raw.post(1, false, ECHO);
      raw.data(1, false, "half ");
      raw.post(3, true, ECHO, "x-bomb", "b".repeat(40_000));
      RawHttp2.Frame refused = raw.until(f -> f.stream() == 3 || f.type() == RawHttp2.GOAWAY);
      assertEquals(3, refused.stream());
      assertEquals(RawHttp2.HEADERS, refused.type());
      assertTrue(refused.text().contains(":status: 431"), refused.text());
      raw.data(1, true, "and half");
      raw.until(f -> f.stream() == 1 && f.type() == RawHttp2.DATA && f.ends());
    }
    assertEquals(1, stage.calls.opened().size());
  }

  @Test
  void aBodyShorterThanItsLengthIsAResetOfItsStreamOnly() throws Exception {
    stage.calls.script(call -> {});
    try (RawHttp2 raw = new RawHttp2(stage.port)) {
      raw.post(1, false, ECHO, "content-length", "10");
      raw.data(1, true, "short");
      raw.until(RawHttp2.RST_STREAM, 1);
      stage.calls.script(ScriptedCall::echo);
      raw.post(3, false, ECHO);
      raw.data(3, true, "whole");
      assertEquals("whole", raw.until(RawHttp2.DATA, 3).text());
    }
    stage.opened().cancelSeen().get(30, TimeUnit.SECONDS);
  }

  @Test
  void tooManyHeadersAreAProblem() throws Exception {
    HttpClientRequest bomb = request();
    for (int i = 0; i < 300; i++) {
      bomb.putHeader("x-" + i, "1");
    }
    HttpClientResponse response = HttpStage.await(bomb.send());

    assertEquals(431, response.statusCode());
  }

  @Test
  void aResetByTheClientCancelsItsCallOnly() throws Exception {
    stage.calls.script(
        call -> {
          if (call.header("x-echo") != null) {
            call.echo();
          }
        });
    HttpClientRequest leaving = request();
    leaving.setChunked(true).write("x");
    ScriptedCall call = stage.opened();
    Future<HttpClientResponse> unanswered = leaving.response();
    leaving.reset(8);

    assertThrows(ExecutionException.class, () -> HttpStage.await(unanswered));
    Failure reason = call.cancelSeen().get(30, TimeUnit.SECONDS);
    assertEquals(FailureCode.CALLER_GONE, reason.code());
    HttpClientRequest other = request();
    Future<String> text = text(other);
    other.putHeader("x-echo", "1").end("still here");
    assertEquals("still here", HttpStage.await(text));
  }

  @Test
  void manyStreamsOfOneConnectionAreServedAtOnce() throws Exception {
    HttpClientRequest[] requests = new HttpClientRequest[200];
    List<Future<String>> texts = new ArrayList<>();
    for (int i = 0; i < requests.length; i++) {
      requests[i] = request();
      texts.add(text(requests[i]));
      requests[i].setChunked(true).write("n");
    }
    for (int i = 0; i < requests.length; i++) {
      requests[i].end(Integer.toString(i));
    }
    for (int i = 0; i < requests.length; i++) {
      assertEquals("n" + i, HttpStage.await(texts.get(i)));
    }
  }

  @Test
  void continueIsSaidOnceTheCallWasTaken() throws Exception {
    stage.calls.script(call -> call.take().echo());
    HttpClientRequest request = request();
    Future<String> text = text(request);
    Promise<Void> go = Promise.promise();
    request.putHeader("expect", "100-continue").setChunked(true);
    request.continueHandler(v -> go.tryComplete());
    request.sendHead();
    HttpStage.await(go.future());
    request.end("body");

    assertEquals("body", HttpStage.await(text));
  }

  @Test
  void drainingTellsTheClientAndLetsTheOpenCallEnd() throws Exception {
    stage.calls.script(call -> call.respond(200).write("before ").write(""));
    try (RawHttp2 raw = new RawHttp2(stage.port)) {
      raw.post(1, false, ECHO);
      assertEquals("before ", raw.until(RawHttp2.DATA, 1).text());
      Future<Void> drained = stage.onContext(() -> stage.front.drain().mapEmpty());
      assertEquals(0, raw.until(RawHttp2.GOAWAY, 0).error());
      assertFalse(drained.isComplete());
      raw.data(1, true, "last");
      ScriptedCall call = stage.opened();
      call.onContext(() -> call.write("after").finish());
      assertEquals("after", raw.until(RawHttp2.DATA, 1).text());
      HttpStage.await(drained);
    }
  }

  @Test
  void aHeadRequestHasNoBody() throws Exception {
    HttpClientRequest request = HttpStage.await(client.request(HttpMethod.HEAD, "/v1/pools"));
    Future<String> text = text(request);
    request.end();

    assertEquals("", HttpStage.await(text));
    assertEquals(200, request.response().result().statusCode());
  }

  @Test
  void aProblemOverHttp2IsAProblem() throws Exception {
    stage.calls.script(call -> call.fail(Failure.of(FailureCode.NO_WORKER, "none")));
    try (RawHttp2 raw = new RawHttp2(stage.port)) {
      raw.post(1, false, ECHO);
      raw.data(1, true, "x");
      String head = raw.until(RawHttp2.HEADERS, 1).text();
      assertTrue(head.contains(":status: 503"), head);
      assertTrue(head.contains("retry-after: 1"), head);
      String body = raw.until(RawHttp2.DATA, 1).text();
      assertEquals("no_worker", new JsonObject(body).getString("code"));
    }
  }
}
