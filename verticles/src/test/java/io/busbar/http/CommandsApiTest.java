package io.busbar.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.channel.ChannelCatalog;
import io.busbar.command.CommandHandler;
import io.busbar.command.ServeOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands over HTTP, on real sockets. */
class CommandsApiTest {
  private static ChannelStage stage;

  @BeforeAll
  static void open() throws Exception {
    stage = new ChannelStage(ChannelCatalog.DEFAULTS, Access.OPEN);
    serve("echo", command -> Future.succeededFuture(command.params()));
  }

  @AfterAll
  static void close() throws Exception {
    stage.close();
  }

  private static void serve(String target, CommandHandler handler) throws Exception {
    stage.member.get(
        () -> stage.member.commands().serve(target, ServeOptions.SERIAL, handler).mapEmpty());
  }

  private static HttpResponse<String> send(String target, String body, String... headers)
      throws Exception {
    return stage.post("/v1/commands/" + target, body, headers);
  }

  private static void assertProblem(int status, String code, HttpResponse<String> answer) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, new JsonObject(answer.body()).getString("code"), answer.body());
  }

  @Test
  void theReplyIsTheHandlersResultAndItsNode() throws Exception {
    HttpResponse<String> answer = send("echo", "{\"name\":\"x\",\"params\":{\"a\":[1,2.5]}}");

    assertEquals(200, answer.statusCode(), answer.body());
    JsonObject reply = new JsonObject(answer.body());
    assertEquals(new JsonObject("{\"a\":[1,2.5]}"), reply.getJsonObject("result"));
    assertEquals("stage", reply.getString("node"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1788100050.09",
        "{\"timestamp\":1.7881000500E9, \"of\" : [1.0,12345678901234567890.50]}",
        "\"a\\u00e9\"",
        "[]"
      })
  void paramsAndResultGoThroughAsTheyWereWritten(String params) throws Exception {
    String answer = send("echo", "{\"name\":\"x\",\"params\": " + params + " }").body();

    assertEquals("{\"result\":" + params + ",\"node\":\"stage\"}", answer);
  }

  @Test
  void aCommandWithoutParamsHasNoResultOfThem() throws Exception {
    assertNull(new JsonObject(send("echo", "{\"name\":\"x\"}").body()).getValue("result"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|not a JSON object",
        "{|not a JSON object",
        "{\"params\":{}}|name is missing",
        "{\"name\":7}|name is missing",
        "{\"name\":\"x\",\"nme\":1}|unknown field 'nme'",
        "{\"name\":\"x\",\"timeout\":\"soon\"}|timeout is 'soon'",
        "{\"name\":\"x\",\"timeout\":1.5}|timeout is '1.5'",
      })
  void badInputIsNamed(String body, String detail) throws Exception {
    HttpResponse<String> answer = send("echo", body);

    assertProblem(400, "invalid_request", answer);
    assertTrue(answer.body().contains(detail), answer.body());
  }

  @Test
  void aTargetThatNobodyServesIsToldAtOnce() throws Exception {
    assertProblem(404, "no_handler", send("nobody", "{\"name\":\"x\"}"));
  }

  @Test
  void aHandlerThatDoesNotAnswerEndsAtTheDeadline() throws Exception {
    serve("silent", command -> Promise.<Buffer>promise().future());

    assertProblem(
        504, "deadline_exceeded", send("silent", "{\"name\":\"x\",\"timeout\":\"100ms\"}"));
  }

  @Test
  void whatTheHandlerRefusesIsRejected() throws Exception {
    serve(
        "picky",
        command -> Future.failedFuture(Failure.of(FailureCode.REJECTED, "not now").toException()));

    HttpResponse<String> answer = send("picky", "{\"name\":\"x\"}");

    assertEquals("rejected", new JsonObject(answer.body()).getString("code"), answer.body());
    assertTrue(answer.body().contains("not now"), answer.body());
  }

  @Test
  void aResultThatIsNoJsonIsTheHandlersFailure() throws Exception {
    serve("garbled", command -> Future.succeededFuture(Buffer.buffer("{")));
    serve("double", command -> Future.succeededFuture(Buffer.buffer("1 2")));

    for (String target : List.of("garbled", "double")) {
      assertProblem(502, "handler_failed", send(target, "{\"name\":\"x\"}"));
    }
  }

  @Test
  void aCommandWithAKnownKeyIsNotDoneAgain() throws Exception {
    AtomicInteger done = new AtomicInteger();
    serve(
        "counted",
        command -> Future.succeededFuture(Buffer.buffer(String.valueOf(done.incrementAndGet()))));

    String first = send("counted", "{\"name\":\"x\"}", "Idempotency-Key", "k").body();
    String again = send("counted", "{\"name\":\"x\"}", "Idempotency-Key", "k").body();

    assertEquals(first, again);
    assertEquals(1, done.get());
  }

  @Test
  void aClientThatGoesCancelsItsCommand() throws Exception {
    Promise<Void> begun = Promise.promise();
    Promise<Void> told = Promise.promise();
    serve(
        "long",
        command -> {
          begun.tryComplete();
          command.cancelHandler(reason -> told.tryComplete());
          return Promise.<Buffer>promise().future();
        });
    String body = "{\"name\":\"x\",\"timeout\":\"1h\"}";
    try (RawClient client = new RawClient(stage.port())) {
      client.send(
          "POST /v1/commands/long HTTP/1.1\r\nHost: x\r\nContent-Length: "
              + body.getBytes(StandardCharsets.UTF_8).length
              + "\r\n\r\n"
              + body);
      ClusterNodes.await(begun.future());
    }
    ClusterNodes.await(told.future());
  }
}
