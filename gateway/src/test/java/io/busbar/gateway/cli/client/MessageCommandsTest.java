package io.busbar.gateway.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code channel} and {@code command} against a gateway that the test plays. */
class MessageCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private volatile int status = 200;
  private volatile String answer = "{}";
  private volatile String asked = "";
  private volatile String headers = "";
  private volatile String body = "";
  private AnsweringPort port;
  private String url;

  @BeforeEach
  void open() throws Exception {
    port = new AnsweringPort(this::answer);
    url = port.url();
  }

  @AfterEach
  void close() throws Exception {
    port.close();
  }

  private void answer(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            sent -> {
              body = sent.toString();
              headers = request.headers().toString().toLowerCase(java.util.Locale.ROOT);
              asked = request.method() + " " + request.uri();
              request.response().setStatusCode(status).end(answer);
            });
  }

  private int run(String... args) {
    String[] all = java.util.Arrays.copyOf(args, args.length + 2);
    all[args.length] = "--url";
    all[args.length + 1] = url;
    return BusbarCli.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  private static String problem(String code, boolean retryable) {
    return new JsonObject()
        .put("type", "urn:busbar:problem:" + code)
        .put("code", code)
        .put("detail", "no")
        .put("retryable", retryable)
        .encode();
  }

  // ---- command ----

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"status\":\"training_started\",\"timestamp\":1788100050.09}",
        "{\"timestamp\":1.0, \"of\" : 12345678901234567890.50}",
        "1e5",
        "null"
      })
  void theResultIsPrintedAsItCame(String result) {
    answer = "{\"result\":" + result + ",\"node\":\"a\"}";
    assertEquals(ExitCode.OK, run("command", "send", "training", "start"), err.toString());
    assertEquals("POST /v1/commands/training", asked);
    assertEquals(result + System.lineSeparator(), out.toString());
  }

  @Test
  void theWholeAnswerIsPrintedAsItCame() {
    answer = "{\"result\":{\"timestamp\":1788100050.0},\"node\":\"a\"}";
    assertEquals(ExitCode.OK, run("command", "send", "training", "stop", "-o", "json"));
    assertEquals(answer + System.lineSeparator(), out.toString());
  }

  @Test
  void paramsGoOutAsTheyWereTyped() {
    answer = "{\"result\":null,\"node\":\"a\"}";
    String params = "{\"learning_rate\": 2.0e-2, \"of\": 10000000.0}";
    int code =
        run("command", "send", "a b", "x\"y", "-d", params, "--timeout", "5s", "--id", "once");
    assertEquals(ExitCode.OK, code, err.toString());
    assertEquals("POST /v1/commands/a%20b", asked);
    assertEquals("{\"name\":\"x\\\"y\",\"params\":" + params + ",\"timeout\":\"5s\"}", body);
    assertTrue(headers.contains("idempotency-key=once"), headers);
  }

  @Test
  void paramsThatAreNoJsonAreWrongUsage() {
    assertEquals(ExitCode.USAGE, run("command", "send", "a", "b", "-d", "{x"));
    assertTrue(err.toString().contains("--data is no JSON"), err.toString());
    assertEquals("", asked);
  }

  @ParameterizedTest
  @CsvSource({"404, no_handler, true, 4", "422, rejected, false, 1", "503, busy, true, 4"})
  void aFailureHasItsCodeAndWhetherToTryAgain(
      int answered, String code, boolean retryable, int exit) {
    status = answered;
    answer = problem(code, retryable);
    assertEquals(exit, run("command", "send", "training", "start"));
    assertEquals("busbar command send: " + code + ": no" + System.lineSeparator(), err.toString());
  }

  // ---- channel ----

  @Test
  void aFrameIsPublishedWithItsKindKeyIdAndCondition() {
    answer = "{\"epoch\":7,\"offset\":4}";
    int code =
        run(
            "channel",
            "publish",
            "demo",
            "-d",
            "{\"n\": 1.0}",
            "--key",
            "k",
            "--id",
            "once",
            "--if-offset",
            "3");
    assertEquals(ExitCode.OK, code, err.toString());
    assertEquals("7:4" + System.lineSeparator(), out.toString());
    assertEquals("POST /v1/channels/demo/frames?if_offset=3", asked);
    assertEquals("{\"n\": 1.0}", body);
    assertTrue(headers.contains("content-type=application/json"), headers);
    assertTrue(headers.contains("busbar-key=k"), headers);
    assertTrue(headers.contains("idempotency-key=once"), headers);
  }

  @Test
  void aConditionThatDoesNotHoldFails() {
    status = 409;
    answer = problem("conflict", false);
    assertEquals(ExitCode.FAILED, run("channel", "publish", "demo", "-d", "x", "--if-offset", "3"));
    assertTrue(headers.contains("content-type=text/plain"), headers);
  }

  @Test
  void channelsAreListedWithTheirFollowers() {
    answer =
        "{\"channels\":[{\"name\":\"demo\",\"epoch\":7,\"first\":2,\"next\":9,\"node\":\"a\","
            + "\"subscribers\":{\"a\":1,\"b\":2}}]}";
    assertEquals(ExitCode.OK, run("channel", "list"), err.toString());
    assertEquals("GET /v1/channels", asked);
    String[] lines = out.toString().split(System.lineSeparator());
    assertTrue(lines[1].matches("demo +7 +2 +9 +a +3"), out.toString());
  }
}
