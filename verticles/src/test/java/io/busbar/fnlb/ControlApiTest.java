package io.busbar.fnlb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.security.Access;
import io.busbar.testing.FakeCall;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that are looked up at Fn's control API. */
class ControlApiTest {
  private static final String INVOKE = "/invoke/fn-1";

  /** So long that the time the test itself takes does not matter. */
  private static final Duration KEPT = Duration.ofHours(2);

  private static final Duration NOT_FOUND_KEPT = Duration.ofHours(1);

  private final Vertx vertx = Vertx.vertx();
  private FakeControlApi api;
  private FnLbStage stage;

  @BeforeEach
  void open() throws Exception {
    api = new FakeControlApi(vertx);
    stage = stage(8, 4);
    stage.calls.script(call -> call.respond(200).succeed());
  }

  private FnLbStage stage(int entries, int lookups) throws Exception {
    return new FnLbStage(
        new ControlApiOptions(
            api.url(),
            Duration.ofSeconds(20),
            KEPT,
            NOT_FOUND_KEPT,
            5,
            Duration.ofMillis(1),
            entries,
            lookups,
            64 * 1024),
        Access.OPEN,
        o -> o);
  }

  @AfterEach
  void close() throws Exception {
    stage.close();
    FnLbStage.await(vertx.close());
  }

  private JsonObject jsonOf(String method, String path) throws Exception {
    List<FakeCall> seen = new ArrayList<>();
    stage.calls.script(
        call -> {
          seen.add(call);
          call.respond(200).succeed();
        });
    HttpResponse<String> response = method.equals("GET") ? stage.get(path) : stage.post(path, "x");
    assertEquals(200, response.statusCode(), response.body());
    assertEquals("slow", seen.get(0).request().pool());
    return new JsonObject(seen.get(0).request().head().getOriginal().toStringUtf8());
  }

  @Test
  void anInvocationTakesFunctionAndApp() throws Exception {
    JsonObject json = jsonOf("POST", INVOKE);

    assertEquals(List.of("/v2/fns/fn-1", "/v2/apps/app-9"), api.asked);
    assertEquals("acme/slow:2", json.getString("image"));
    assertEquals(11, json.getInteger("timeout"));
    assertEquals(12, json.getInteger("idle_timeout"));
    assertEquals(512, json.getInteger("memory"));
    assertEquals("app-9", json.getString("app_id"));
    assertEquals("pics", json.getString("app_name"));
    assertEquals("tcp://logs:514", json.getString("syslog_url"));
    JsonObject config = json.getJsonObject("config");
    assertEquals("fn", config.getString("A"));
    assertEquals("fn", config.getString("B"));
    assertEquals("app", config.getString("C"));
    assertEquals("512", config.getString("FN_MEMORY"));
    assertEquals("fn", json.getJsonObject("annotations").getString("who"));
    assertTrue(json.getJsonObject("annotations").containsKey("deep"));
  }

  @Test
  void aTriggerIsFoundByItsSource() throws Exception {
    JsonObject json = jsonOf("GET", "/t/pics/small");

    assertEquals("trig-1", json.getString("trigger_id"));
    assertEquals("fn-1", json.getString("fn_id"));
    assertEquals(
        new HashSet<>(
            List.of(
                "/v2/apps?name=pics",
                "/v2/apps/app-9",
                "/v2/runner/apps/app-9/triggerBySource/http//small",
                "/v2/fns/fn-1")),
        new HashSet<>(api.asked));
  }

  @Test
  void anAnswerIsKeptForAWhileAndThenAskedForAgain() throws Exception {
    stage.post(INVOKE, "x");
    stage.post(INVOKE, "x");
    stage.lane.advance(KEPT.toMillis() / 2);
    stage.post(INVOKE, "x");
    assertEquals(2, api.asked.size());

    stage.lane.advance(KEPT.toMillis());
    stage.post(INVOKE, "x");
    assertEquals(4, api.asked.size());
  }

  @Test
  void aChangedFunctionIsSeenAfterThat() throws Exception {
    stage.post(INVOKE, "x");
    api.things.get("/v2/fns/fn-1").put("timeout", 99);
    stage.lane.advance(KEPT.toMillis());
    assertEquals(99, jsonOf("POST", INVOKE).getInteger("timeout"));
  }

  @Test
  void anUnknownFunctionHasTheApisCodeAndIsRememberedForAWhile() throws Exception {
    HttpResponse<String> response = stage.post("/invoke/other", "x");
    assertEquals(404, response.statusCode());
    assertEquals("{\"message\":\"Fn not found\"}\n", response.body());
    stage.post("/invoke/other", "x");
    assertEquals(1, api.asked.size());

    stage.lane.advance(NOT_FOUND_KEPT.toMillis());
    stage.post("/invoke/other", "x");
    assertEquals(2, api.asked.size());
  }

  @Test
  void anUnknownAppIs404() throws Exception {
    assertEquals(404, stage.get("/t/none/small").statusCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 409, 410, 429})
  void whatTheApiSaysOfTheQuestionIsNotRepeated(int code) throws Exception {
    api.script(request -> FakeControlApi.fail(request, code, "no"));
    assertEquals(code, stage.post(INVOKE, "x").statusCode());
    assertEquals(1, api.asked.size());
  }

  @Test
  void serverErrorsAndLostConnectionsAreTriedAgainFiveTimes() throws Exception {
    AtomicInteger left = new AtomicInteger(5);
    api.script(
        request -> {
          int now = left.getAndDecrement();
          if (now <= 0) {
            api.serve(request);
          } else if (now % 2 == 0) {
            FakeControlApi.fail(request, 503, "later");
          } else {
            request.connection().close();
          }
        });
    assertEquals(200, stage.post(INVOKE, "x").statusCode());
    assertEquals(7, api.asked.size());
  }

  @Test
  void afterThatItIsGivenUpAndNotRemembered() throws Exception {
    api.script(request -> FakeControlApi.fail(request, 500, "broken"));
    HttpResponse<String> response = stage.post(INVOKE, "x");
    assertEquals(503, response.statusCode());
    assertTrue(response.body().contains("broken"), response.body());
    assertEquals(6, api.asked.size());

    api.script(api::serve);
    assertEquals(200, stage.post(INVOKE, "x").statusCode());
  }

  @Test
  void oneQuestionIsAskedOnceHoweverManyWaitForIt() throws Exception {
    BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
    api.script(held::add);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(
          stage.http1.sendAsync(
              stage.posting(INVOKE, "body " + i), HttpResponse.BodyHandlers.ofString()));
    }
    HttpServerRequest first = held.poll(30, TimeUnit.SECONDS);
    assertEquals("/v2/fns/fn-1", first.uri());
    api.script(api::serve);
    vertx.runOnContext(v -> api.serve(first));
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertEquals(200, answer.get(30, TimeUnit.SECONDS).statusCode());
    }
    assertEquals(2, api.asked.size());
  }

  @Test
  void theBodyWaitsForTheFunctionAndIsWhole() throws Exception {
    BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
    api.script(held::add);
    stage.calls.script(
        call -> call.sink().ended().thenAccept(b -> call.respond(200).send(b).succeed()));
    String body = "x".repeat(500_000);
    CompletableFuture<HttpResponse<String>> answer =
        stage.http1.sendAsync(stage.posting(INVOKE, body), HttpResponse.BodyHandlers.ofString());
    HttpServerRequest first = held.poll(30, TimeUnit.SECONDS);
    assertFalse(answer.isDone());
    api.script(api::serve);
    vertx.runOnContext(v -> api.serve(first));
    assertEquals(body, answer.get(30, TimeUnit.SECONDS).body());
  }

  @Test
  void tooManyOpenQuestionsAreRefused() throws Exception {
    BlockingQueue<HttpServerRequest> held = new LinkedBlockingQueue<>();
    api.script(held::add);
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(
          stage.http1.sendAsync(
              stage.posting("/invoke/f" + i, ""), HttpResponse.BodyHandlers.ofString()));
    }
    for (int i = 0; i < 4; i++) {
      assertTrue(held.poll(30, TimeUnit.SECONDS) != null);
    }
    assertEquals(503, stage.post("/invoke/f9", "").statusCode());
    waiting.forEach(answer -> answer.cancel(true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no json",
        "[]",
        "{}",
        "{\"id\":\"fn-1\",\"app_id\":7}",
        "{\"id\":\"fn-1\",\"app_id\":\"../x\"}",
        "{\"id\":\"fn-1\",\"app_id\":\"app-9\",\"config\":3}"
      })
  void anAnswerThatMakesNoSenseIsNamed(String answer) throws Exception {
    api.script(
        request -> {
          if (request.uri().startsWith("/v2/fns")) {
            request.response().end(answer);
          } else {
            api.serve(request);
          }
        });
    HttpResponse<String> response = stage.post(INVOKE, "x");
    assertEquals(503, response.statusCode());
    assertTrue(response.body().contains("control API's answer"), response.body());
  }

  @Test
  void anEndlessAnswerIsCutOff() throws Exception {
    api.script(request -> request.response().end("x".repeat(100_000)));
    HttpResponse<String> response = stage.post(INVOKE, "x");
    assertTrue(response.body().contains("fn-lb.api.max-answer"), response.body());
  }
}
