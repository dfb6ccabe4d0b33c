package io.busbar.gateway.fn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fn.wire.CallFinished;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.busbar.testing.FreePorts;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of Fn's load balancer surface gets for what a runner behind it does. */
class FnLbToRunnerIT {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Vertx vertx;
  private static ScriptedRunner runner;
  private static ScriptedRunner first;
  private static ScriptedRunner second;
  private static Node node;
  private static int port;

  @BeforeAll
  static void open() throws Exception {
    vertx = Vertx.vertx();
    runner = ScriptedRunner.start(vertx, RunnerScripts::echo);
    first = ScriptedRunner.start(vertx, RunnerScripts::busy);
    second = ScriptedRunner.start(vertx, RunnerScripts::echo);
    port = FreePorts.one();
    Path data = Files.createTempDirectory("busbar-fn-lb-");
    Path file = data.resolve("busbar.yaml");
    Files.writeString(
        file,
        """
        cluster: {name: fn-lb-%s, port: 0}
        node: {data-dir: %s, name: fn-lb}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        management: {port: 0}
        runner: {port: 0}
        fn-lb:
          port: %d
          functions:
            - {id: fn, app: myapp, image: acme/any, timeout: 20, triggers: [/source]}
            - {id: two, app: twoapp, image: acme/two, timeout: 20}
        pools:
          one: {runners: ["127.0.0.1:%d"], queue-timeout: 2s}
          two: {runners: ["127.0.0.1:%d", "127.0.0.1:%d"], queue-timeout: 20s}
        routes:
          - {match: {fn_id: fn}, pool: one}
          - {match: {image: acme/two}, pool: two}
        """
            .formatted(UUID.randomUUID(), data, port, runner.port(), first.port(), second.port()));
    ConfigSources sources =
        ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", "fn-lb")).withFile(file);
    node = Node.start(ConfigLoader.load(sources));
    Eventually.passes(
        WAIT, () -> "no runner answers", () -> assertEquals(200, post("fn", "x").statusCode()));
  }

  @AfterAll
  static void close() throws Exception {
    node.stop();
    runner.close();
    first.close();
    second.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(WAIT);
  }

  private static HttpResponse<String> post(String fn, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request("/invoke/" + fn).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> when(Consumer<RunnerCall> script) throws Exception {
    runner.script(script);
    return post("fn", "hello");
  }

  private static void assertBroken(HttpResponse<String> response) {
    assertEquals(500, response.statusCode());
    assertEquals("{\"message\":\"internal server error\"}\n", response.body());
  }

  /** Runs the rest after the whole body came. */
  private static Consumer<RunnerCall> afterBody(Consumer<RunnerCall> rest) {
    return call -> call.body().onSuccess(body -> rest.accept(call));
  }

  @Test
  void aNormalAnswerKeepsStatusHeadersAndBody() throws Exception {
    HttpResponse<String> response =
        when(
            afterBody(
                call -> {
                  call.start(201, "X-Many", "a", "X-Many", "b").data("made");
                  call.succeed();
                }));
    assertEquals(201, response.statusCode());
    assertEquals("made", response.body());
    assertEquals(List.of("a", "b"), response.headers().allValues("X-Many"));
    RunnerCall call = runner.calls().get(runner.calls().size() - 1);
    assertEquals(
        call.json().getString("id"), response.headers().firstValue("Fn-Call-Id").orElse(""));
    assertEquals("acme/any", call.json().getString("image"));
    assertEquals(20, call.json().getInteger("timeout"));
    assertTrue(call.json().getInteger("idle_timeout") > 0);
    assertEquals(
        "5", call.json().getJsonObject("headers").getJsonArray("Content-Length").getString(0));
  }

  @Test
  void aBodyOfAMegabyteGoesThereAndBack() throws Exception {
    runner.script(RunnerScripts::echo);
    String body = "0123456789abcdef".repeat(65_536);
    HttpResponse<String> response = post("fn", body);
    assertEquals(body, response.body());
    assertTrue(runner.calls().get(runner.calls().size() - 1).largestFrame() <= 10_240);
  }

  @Test
  void noResultStartIs200() throws Exception {
    HttpResponse<String> response =
        when(
            afterBody(
                call -> {
                  call.data("only data");
                  call.succeed();
                }));
    assertEquals(200, response.statusCode());
    assertEquals("only data", response.body());
  }

  @ParameterizedTest
  @CsvSource({
    "400,false,400", "500,false,500", "501,false,501", "502,true,502", "504,true,504",
    "413,true,413", "429,true,429", "404,true,404", "0,false,500", "0,true,500"
  })
  void aFinishWithACodeIsThatCode(int code, boolean user, int status) throws Exception {
    HttpResponse<String> response = when(afterBody(call -> call.fail(code, "what it said", user)));
    assertEquals(status, response.statusCode());
    assertEquals("{\"message\":\"what it said\"}\n", response.body());
  }

  @Test
  void aFinishWithoutATextHasAMessage() throws Exception {
    HttpResponse<String> response = when(afterBody(call -> call.fail(502, "", true)));
    assertEquals(502, response.statusCode());
    assertTrue(!new JsonObject(response.body()).getString("message").isEmpty(), response.body());
  }

  @Test
  void anEndWithoutAFinishIs500() throws Exception {
    assertBroken(when(afterBody(call -> call.end(0, ""))));
  }

  @ParameterizedTest
  @CsvSource({"2", "13"})
  void anotherGrpcStatusIs500(int status) throws Exception {
    assertBroken(when(afterBody(call -> call.end(status, "no"))));
  }

  @Test
  void aFinishWithAnImpossibleCodeIs500() throws Exception {
    assertBroken(
        when(
            afterBody(
                call -> {
                  call.finished(
                      CallFinished.newBuilder().setErrorCode(1000).setErrorStr("odd").build());
                  call.end(0, "");
                })));
  }

  @Test
  void outputAndThenNoFinishBreaksTheAnswerOff() throws Exception {
    runner.script(RunnerScripts::dropMidCall);
    CompletableFuture<HttpResponse<InputStream>> answer =
        HTTP.sendAsync(
            request("/invoke/fn").POST(HttpRequest.BodyPublishers.ofString("x")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    HttpResponse<InputStream> response;
    try {
      response = answer.get(60, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      // Broken off before the head was read.
      assertTrue(e.getCause() instanceof IOException, e.toString());
      return;
    }
    if (response.statusCode() != 500) {
      try (InputStream body = response.body()) {
        assertThrows(IOException.class, body::readAllBytes);
      }
    }
  }

  @Test
  void aRunnerThatStaysBusyIs503WithRetryAfter() throws Exception {
    HttpResponse<String> response = when(RunnerScripts::busy);
    assertEquals(503, response.statusCode());
    assertEquals("{\"message\":\"Timed out - server too busy\"}\n", response.body());
    assertTrue(response.headers().firstValue("Retry-After").isPresent());
  }

  @Test
  void theNextRunnerIsTriedWhenOneIsBusy() throws Exception {
    boolean twice = false;
    for (int i = 0; i < 20 && !twice; i++) {
      HttpResponse<String> response = post("two", "body " + i);
      assertEquals(200, response.statusCode(), response.body());
      assertEquals("body " + i, response.body());
      twice = !response.headers().firstValue("Busbar-Attempts").orElse("").equals("1");
    }
    assertTrue(twice || first.calls().isEmpty(), "a busy runner was tried, but only once");
  }

  @Test
  void aTriggersStatusComesFromTheFunction() throws Exception {
    runner.script(
        afterBody(
            call -> {
              call.start(200, "Fn-Http-Status", "302", "Fn-Http-H-Location", "/x", "X-No", "n");
              call.succeed();
            }));
    HttpResponse<String> response =
        HTTP.send(request("/t/myapp/source").GET().build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(302, response.statusCode());
    assertEquals("/x", response.headers().firstValue("Location").orElse(""));
    assertTrue(response.headers().firstValue("X-No").isEmpty());
  }

  @Test
  void aDetachedCallIsConfirmedByTheRunnersResultStart() throws Exception {
    CompletableFuture<RunnerCall> seen = new CompletableFuture<>();
    runner.script(
        afterBody(
            call -> {
              call.start(202);
              seen.complete(call);
            }));
    HttpResponse<String> response = post("fn", "x", "Fn-Invoke-Type", "detached");
    assertEquals(202, response.statusCode());
    assertEquals("", response.body());
    RunnerCall call = seen.get(60, TimeUnit.SECONDS);
    assertEquals("detached", call.json().getString("type"));
    call.context().runOnContext(v -> call.succeed());
  }

  @Test
  void aClientThatLeavesResetsTheCall() throws Exception {
    CompletableFuture<RunnerCall> seen = new CompletableFuture<>();
    runner.script(afterBody(seen::complete));
    HttpClient leaving = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    CompletableFuture<HttpResponse<String>> answer =
        leaving.sendAsync(
            request("/invoke/fn").POST(HttpRequest.BodyPublishers.ofString("x")).build(),
            HttpResponse.BodyHandlers.ofString());
    RunnerCall call = seen.get(60, TimeUnit.SECONDS);
    answer.cancel(true);
    call.reset().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }
}
