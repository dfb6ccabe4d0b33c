package io.busbar.gateway.fn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.busbar.fn.wire.CallFunction;
import io.busbar.fn.wire.CallJsonWriter;
import io.busbar.fn.wire.ConfigMsg;
import io.busbar.fn.wire.LogResponseMsg;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.gateway.testing.Eventually;
import io.busbar.testing.FakeEngagement;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Fn's system tests as black-box tests: the gateway as the load balancer that clients call over
 * HTTP, and as the runner that load balancers engage.
 */
class FnSystemIT {
  private static final int PARALLEL = 10;
  private static FnSystemStage stage;

  /** Who is asked. */
  enum As {
    RUNNER,
    LB,
    LB_TRIGGER
  }

  /** What came back, whoever was asked. */
  private record Outcome(int status, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }
  }

  @BeforeAll
  static void open() throws Exception {
    stage = new FnSystemStage();
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  private static Outcome execute(As as, JsonObject input) throws Exception {
    return switch (as) {
      case RUNNER -> engage("fn-test/utils", 10, Map.of(), input).get();
      case LB -> outcome(stage.send("fn-lb", "POST", "/invoke/test-fn", input.encode()));
      case LB_TRIGGER -> outcome(stage.send("fn-lb", "PUT", "/t/myapp/mytrigger", input.encode()));
    };
  }

  private static Outcome outcome(HttpResponse<String> response) {
    return new Outcome(response.statusCode(), response.body());
  }

  /** As Fn's load balancer does: its own client gets this status and this body. */
  private static CompletableFuture<Outcome> engage(
      String image, int timeout, Map<String, String> config, JsonObject input) {
    byte[] json =
        new CallJsonWriter(
                new CallFunction(
                    "test-fn", "app", "myapp", "", image, timeout, 30, 128, config, Map.of(), ""))
            .write(
                "01HZX3T7Q4NG8G00GZJ0000042",
                false,
                "POST",
                "http://lb/invoke/test-fn",
                List.of(),
                1_768_472_423_123L);
    FakeEngagement call =
        stage
            .lb
            .engage()
            .send(
                io.busbar.fn.wire.ClientMsg.newBuilder()
                    .setTry(
                        io.busbar.fn.wire.TryCall.newBuilder()
                            .setModelsCallJson(new String(json, StandardCharsets.UTF_8))
                            .putExtensions("FN_CHEESE", "Tete de Moine"))
                    .build()
                    .toByteArray());
    call.data(input.encode()).eof();
    return CompletableFuture.supplyAsync(
        () -> {
          FakeEngagement.End end = call.end();
          assertEquals(0, end.status(), end.text());
          if (!end.finished().getSuccess()) {
            return new Outcome(
                end.finished().getErrorCode(),
                new JsonObject().put("message", end.finished().getErrorStr()).encode() + "\n");
          }
          return new Outcome(
              end.runnerMessages().get(0).getResultStart().getHttp().getStatusCode(),
              new String(end.body(), StandardCharsets.UTF_8));
        });
  }

  @ParameterizedTest
  @EnumSource
  void canExecuteFunction(As as) throws Exception {
    Outcome outcome = execute(as, new JsonObject().put("echoContent", "HelloWorld"));

    assertEquals(200, outcome.status(), outcome.body());
    assertEquals("HelloWorld", outcome.json().getJsonObject("request").getString("echoContent"));
    JsonObject config = outcome.json().getJsonObject("config");
    assertEquals("Tete de Moine", config.getString("FN_CHEESE"));
    assertEquals("1990", config.getString("FN_WINE"));
  }

  @Test
  void aTriggersStatusAndHeadersAreTheFunctions() throws Exception {
    JsonObject input = new JsonObject().put("returnCode", 418);
    HttpResponse<String> response =
        stage.send("fn-lb", "PUT", "/t/myapp/mytrigger?a=b", input.encode(), "x-req", "1");

    assertEquals(418, response.statusCode());
    JsonObject header = new JsonObject(response.body()).getJsonObject("header");
    assertEquals("1", header.getJsonArray("Fn-Http-H-X-Req").getString(0));
    assertEquals("PUT", header.getJsonArray("Fn-Http-Method").getString(0));
    assertTrue(
        header.getJsonArray("Fn-Http-Request-Url").getString(0).endsWith("/t/myapp/mytrigger?a=b"));
  }

  @Test
  void initTimeoutContainerAsRunner() throws Exception {
    Outcome outcome =
        engage("fn-test/utils", 1, Map.of("ENABLE_INIT_DELAY_MSEC", "10000"), new JsonObject())
            .get();
    assertEquals(504, outcome.status(), outcome.body());
  }

  @Test
  void initTimeoutContainerAsLb() throws Exception {
    assertEquals(504, stage.send("fn-lb", "POST", "/invoke/slow-start", "{}").statusCode());
  }

  @ParameterizedTest
  @EnumSource
  void bigOutput(As as) throws Exception {
    JsonObject input =
        new JsonObject().put("echoContent", "HelloWorld").put("trailerRepeat", 410_000);
    Outcome outcome = execute(as, input);

    assertEquals(200, outcome.status());
    assertTrue(outcome.body().length() > 5_300_000, "length " + outcome.body().length());
    assertEquals(410_000, outcome.json().getJsonArray("trailer").size());
  }

  @ParameterizedTest
  @EnumSource
  void tooBigOutput(As as) throws Exception {
    JsonObject input =
        new JsonObject().put("echoContent", "HelloWorld".repeat(100)).put("trailerRepeat", 8000);
    Outcome outcome = execute(as, input);

    assertEquals(502, outcome.status());
    assertEquals("{\"message\":\"function response body too large\"}\n", outcome.body());
  }

  @ParameterizedTest
  @EnumSource
  void emptyOutput(As as) throws Exception {
    Outcome outcome = execute(as, new JsonObject().put("isEmptyBody", true));
    assertEquals(200, outcome.status());
    assertEquals("", outcome.body());
  }

  @ParameterizedTest
  @EnumSource
  void basicConcurrent(As as) throws Exception {
    List<CompletableFuture<Outcome>> all = new ArrayList<>();
    for (int i = 0; i < PARALLEL; i++) {
      JsonObject input = new JsonObject().put("echoContent", "n" + i).put("sleepTime", 100);
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return execute(as, input);
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              }));
    }
    Set<String> seen =
        all.stream()
            .map(f -> f.orTimeout(60, TimeUnit.SECONDS).join())
            .map(o -> o.json().getJsonObject("request").getString("echoContent"))
            .collect(Collectors.toSet());
    assertEquals(PARALLEL, seen.size());
  }

  @Test
  void detachedIsConfirmedWhileItRunsAndGoesOn() throws Exception {
    JsonObject input = new JsonObject().put("hold", true);
    HttpResponse<String> response =
        stage.send(
            "fn-lb", "POST", "/invoke/test-fn", input.encode(), "Fn-Invoke-Type", "detached");

    assertEquals(202, response.statusCode());
    assertEquals("", response.body());
    FnTestImage.RELEASED.complete("go on");
    assertEquals("go on", FnTestImage.WENT_ON.get(60, TimeUnit.SECONDS));
  }

  @Test
  void cannotExecuteStatusImage() throws Exception {
    Outcome outcome = engage("fn-test/status", 10, Map.of(), new JsonObject()).get();
    assertEquals(400, outcome.status());
  }

  private static RunnerStatus status(FakeEngagement call) throws InvalidProtocolBufferException {
    FakeEngagement.End end = call.raw().end();
    assertEquals(0, end.status(), end.text());
    return RunnerStatus.parseFrom(end.messages().get(0));
  }

  private static FakeEngagement askStatus(String key) {
    Struct question =
        Struct.newBuilder().putFields(key, Value.newBuilder().setStringValue("v").build()).build();
    return stage.lb.open("/RunnerProtocol/Status2").raw().send(question.toByteArray()).halfClose();
  }

  @Test
  void runnerStatusConcurrent() throws Exception {
    List<FakeEngagement> asked = new ArrayList<>();
    for (int i = 0; i < PARALLEL; i++) {
      asked.add(askStatus("concurrent"));
    }
    Set<String> ids = new java.util.TreeSet<>();
    for (FakeEngagement one : asked) {
      RunnerStatus status = status(one);
      assertFalse(status.getFailed(), status.getErrorStr());
      ids.add(status.getId());
    }
    assertEquals(1, ids.size());
    Eventually.passes(
        FnSystemStage.WAIT,
        () -> "no fresh status",
        () -> assertFalse(ids.contains(status(askStatus("concurrent")).getId())));
  }

  @Test
  void runnerStatusNoNet() throws Exception {
    assertTrue(status(askStatus("no-net-1")).getIsNetworkDisabled());
    Files.createFile(stage.barrier);
    assertFalse(status(askStatus("no-net-2")).getIsNetworkDisabled());
    Files.delete(stage.barrier);
    assertTrue(status(askStatus("no-net-3")).getIsNetworkDisabled());
  }

  @Test
  void customHealthChecker() throws Exception {
    RunnerStatus well = status(askStatus("health-1"));
    assertEquals("works", well.getCustomStatusMap().get("custom"));
    assertFalse(well.getFailed());
    FnTestHooks.HEALTH.set(450);
    RunnerStatus ill = status(askStatus("health-2"));
    FnTestHooks.HEALTH.set(200);
    assertTrue(ill.getFailed());
    assertEquals(450, ill.getErrorCode());
  }

  @Test
  void statusOfTheFirstKindAnswersToo() throws Exception {
    RunnerStatus status = status(stage.lb.unary("Status", Empty.getDefaultInstance()).raw());
    assertEquals("{}", status.getDetails());
  }

  @Test
  void status2VerifyIo() throws Exception {
    assertEquals("{\"verify\":\"v\"}", status(askStatus("verify")).getDetails());
  }

  @Test
  void configureRunner() throws Exception {
    ConfigMsg message = ConfigMsg.newBuilder().putConfig("test", "works").build();
    FakeEngagement.End end =
        stage
            .lb
            .open("/RunnerProtocol/ConfigureRunner")
            .raw()
            .send(message.toByteArray())
            .halfClose()
            .end();
    assertEquals(0, end.status(), end.text());
    assertEquals(
        "works",
        new JsonObject(FnTestHooks.CONFIGURED.get(60, TimeUnit.SECONDS)).getString("test"));
  }

  @Test
  void exampleLogStreamer() throws IOException {
    FakeEngagement.End end =
        stage
            .lb
            .open("/RunnerProtocol/StreamLogs")
            .raw()
            .send(FnTestHooks.Logs.start().toByteArray())
            .halfClose()
            .end();
    assertEquals(0, end.status(), end.text());
    LogResponseMsg.Container container = LogResponseMsg.parseFrom(end.messages().get(0)).getData(0);
    assertEquals("app1", container.getApplicationId());
    assertEquals("fun1", container.getFunctionId());
    assertEquals("container1", container.getContainerId());
    assertEquals("101", container.getData(0).getRequestId());
    LogResponseMsg.Container.Request.Line line = container.getData(0).getData(0);
    assertEquals(LogResponseMsg.Container.Request.Line.Source.STDOUT, line.getSource());
    assertEquals(1_768_472_423_123L, line.getTimestamp());
  }
}
