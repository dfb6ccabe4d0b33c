package io.busbar.websocket.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.command.ReceivedCommand;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.training.TrainingOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of the control endpoint is answered. */
class ControlCommandsTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final String ORIGIN = "http://localhost:8050";
  private static final Queue<String> HANDLED = new ConcurrentLinkedQueue<>();

  /** Longer than any test. */
  private static final Duration PATIENT = Duration.ofSeconds(120);

  private static final int MOST_TRIES = 50;
  private static JuniperNode node;

  /** What the trainer says to a resume; each test has its own. */
  private static volatile Promise<Buffer> resumed;

  private RawWebSocket client;

  @BeforeAll
  static void start() throws Exception {
    node = start(CLUSTER, PATIENT);
  }

  private static JuniperNode start(ClusterNodes cluster, Duration command) throws Exception {
    ControlOptions.Times times =
        new ControlOptions.Times(PATIENT, PATIENT, PATIENT, PATIENT, command, PATIENT);
    JuniperNode started =
        JuniperNode.start(
            cluster, "a", TrainingOptions.DEFAULTS, ControlOptions.DEFAULTS.with(times));
    started.serve("training", ControlCommandsTest::handle);
    return started;
  }

  /** A trainer that fails in several ways. */
  private static Future<Buffer> handle(ReceivedCommand command) {
    HANDLED.add(command.name() + " " + command.params());
    return switch (command.name()) {
      case "start" -> Future.succeededFuture(started(command.params()));
      case "pause" ->
          Future.failedFuture(
              Failure.of(FailureCode.REJECTED, "secret: not started").toException());
      case "resume" -> resumed.future();
      case "reset" -> Future.succeededFuture(Buffer.buffer("[1]"));
      case "set_params" -> Future.succeededFuture(command.params());
      default -> Future.succeededFuture();
    };
  }

  /** As large as it is asked for. */
  private static Buffer started(Buffer params) {
    JsonObject result = new JsonObject().put("status", "training_started");
    int size = params.length() == 0 ? 0 : params.toJsonObject().getInteger("size", 0);
    return (size == 0 ? result : result.put("fill", "\u00e9".repeat(size))).toBuffer();
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop();
    CLUSTER.close();
  }

  @BeforeEach
  void connect() throws Exception {
    HANDLED.clear();
    resumed = Promise.promise();
    client = new RawWebSocket(node.control(), "Origin", ORIGIN);
    JsonObject greeting = client.json();
    assertTrue((double) greeting.remove("timestamp") > 1e9, "its own protocol package asks for it");
    assertEquals(
        new JsonObject("{\"type\":\"connection_established\",\"data\":{\"channel\":\"control\"}}"),
        greeting);
  }

  @AfterEach
  void disconnect() throws Exception {
    client.close();
  }

  private JsonObject send(String text) throws Exception {
    client.text(text);
    JsonObject answer = client.json("command_response");
    assertFalse(answer.containsKey("seq"));
    assertTrue(answer.getDouble("timestamp") > 1e9);
    return answer.getJsonObject("data");
  }

  private static String command(String name, String id) {
    return new JsonObject().put("command", name).put("command_id", id).encode();
  }

  private static String setParams(String params) {
    return "{\"command\":\"set_params\",\"command_id\":\"k\",\"params\":" + params + "}";
  }

  private static void assertError(JsonObject data, String command, String error, String code) {
    assertEquals("error", data.getString("status"));
    assertEquals(command, data.getString("command"));
    assertEquals(error, data.getString("error"));
    assertEquals(code, data.getString("code"));
  }

  @Test
  void aSuccessCarriesTheHandlersResultAndTheId() throws Exception {
    assertEquals(
        new JsonObject(
            "{\"command\":\"start\",\"status\":\"success\",\"command_id\":\"k1\","
                + "\"result\":{\"status\":\"training_started\"}}"),
        send(command("start", "k1")));
  }

  @Test
  void aHandlerThatSaysNothingIsSpokenFor() throws Exception {
    JsonObject result = send(command("stop", "k")).getJsonObject("result");
    assertEquals("stop_requested", result.getString("status"));
    assertTrue(result.getDouble("timestamp") > 1e9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "\u00fc\u4e2d", "0123456789012345678901234567890123456789"})
  void anyTextMayBeAnId(String id) throws Exception {
    assertEquals(id, send(command("start", id)).getString("command_id"));
    assertEquals(id, send(command("nonsense", id)).getString("command_id"));
  }

  @ParameterizedTest
  @CsvSource({"500000, success", "524260, error"})
  void aResultThatNoStockClientTakesIsAFailure(int size, String status) throws Exception {
    JsonObject data = send("{\"command\":\"start\",\"params\":{\"size\":" + size + "}}");
    assertEquals(status, data.getString("status"));
    assertEquals(
        status.equals("error") ? "Command execution failed" : null, data.getString("error"));
  }

  @Test
  void withoutAnIdNoneIsAnswered() throws Exception {
    assertFalse(send("{\"command\":\"start\"}").containsKey("command_id"));
  }

  @Test
  void theTypeOfACommandIsNotLookedAtUnlessItIsAPong() throws Exception {
    client.text("{\"type\":\"pong\",\"command\":\"start\"}");
    assertEquals(
        "x",
        send("{\"type\":\"command\",\"command\":\"start\",\"command_id\":\"x\"}")
            .getString("command_id"));
  }

  @Test
  void commandsOfOneConnectionDoNotWaitForEachOther() throws Exception {
    client.text(command("resume", "slow"));
    assertEquals("fast", send(command("start", "fast")).getString("command_id"));
    resumed.complete(Buffer.buffer());
    JsonObject late = client.json("command_response").getJsonObject("data");
    assertEquals("slow", late.getString("command_id"));
    assertEquals("success", late.getString("status"));
  }

  @Test
  void aCommandThatNobodyAnswersInTimeIsAFault() throws Exception {
    try (ClusterNodes alone = new ClusterNodes()) {
      JuniperNode hasty = start(alone, Duration.ofMillis(300));
      try (RawWebSocket asks = new RawWebSocket(hasty.control(), "Origin", ORIGIN)) {
        asks.json("connection_established");
        asks.text(command("resume", "slow"));
        JsonObject late = asks.json("command_response").getJsonObject("data");
        assertEquals("slow", late.getString("command_id"));
        assertError(late, "resume", "Command timed out after 0.3s", null);
      } finally {
        hasty.stop();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"command\":\"frobnicate\"} | frobnicate | Unknown command: frobnicate | unknown_command",
        "{\"command\":\"pause\"} | pause | Command execution failed | ",
        "{\"command\":\"reset\"} | reset | Command execution failed | ",
        "[] | unknown | Invalid JSON: expected object | invalid_message",
        "7 | unknown | Invalid JSON: expected object | invalid_message",
        "NaN | unknown | Invalid JSON: expected object | invalid_message",
        "{\"command\":\"set_params\"} | set_params | Command execution failed | ",
        "{\"command\":\"set_params\",\"params\":{}} | set_params | Command execution failed | ",
        "{\"command\":null} | unknown | Invalid message: command is no string | invalid_message",
        "{\"command\":7} | unknown | Invalid message: command is no string | invalid_message",
        "{\"command\":\"start\",\"command_id\":0} | unknown"
            + " | Invalid message: command_id is no string | invalid_message",
        "{\"command\":\"start\",\"command_id\":{}} | unknown"
            + " | Invalid message: command_id is no string | invalid_message"
      })
  void aFaultIsAnsweredAndTheSocketStaysOpen(String text, String command, String error, String code)
      throws Exception {
    assertError(send(text), command, error, code);
    assertEquals("success", send(command("start", "after")).getString("status"));
  }

  @Test
  void aMissingCommandIsAnUnknownOne() throws Exception {
    JsonObject data = send("{}");
    assertEquals("", data.getString("command"));
    assertEquals("Unknown command: ", data.getString("error"));
  }

  @Test
  void aBinaryFrameIsAnswered() throws Exception {
    client.frame(0x82, new byte[] {1, 2});
    JsonObject data = client.json("command_response").getJsonObject("data");
    assertError(data, "unknown", "Invalid message: expected text", "invalid_message");
    assertEquals("success", send(command("start", "after")).getString("status"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{\"command\":\"start\"} x", "start", "{'command':'start'}"})
  void whatIsNotJsonIsAnsweredAndClosed(String text) throws Exception {
    assertError(send(text), "unknown", "Invalid JSON", null);
    assertEquals("1003 Malformed JSON", client.closed());
  }

  @Test
  void nestingWithoutEndIsNotJson() throws Exception {
    assertError(send("[".repeat(50_000)), "unknown", "Invalid JSON", null);
    assertEquals("1003 Malformed JSON", client.closed());
  }

  @Test
  void ofEqualKeysTheLastCounts() throws Exception {
    JsonObject data = send("{\"command\":\"pause\",\"command\":\"start\",\"command_id\":\"k\"}");
    assertEquals("start", data.getString("command"));
    assertEquals("success", data.getString("status"));
  }

  @Test
  void theTimesOfTheProtocolAreTheDefaults() {
    ControlOptions.Times times = ControlOptions.Times.DEFAULTS;
    assertEquals(10, times.start().toSeconds());
    assertEquals(1, times.params().toSeconds());
    assertEquals(2, times.command().toSeconds());
    assertEquals(120, times.idle().toSeconds());
  }

  @Test
  void exactlyTheLimitIsTakenAndOneCharacterMoreIsNot() throws Exception {
    String frame = "{\"command\":\"nonsense\",\"x\":\"\"}";
    // Characters count, not bytes and not halves of characters.
    String fill = "\ud83d\ude00".repeat(65_536 - frame.length());
    String exact = frame.replace("\"\"}", "\"" + fill + "\"}");
    assertError(send(exact), "nonsense", "Unknown command: nonsense", "unknown_command");
    assertError(send(exact + " "), "unknown", "Message too large", null);
    assertEquals("success", send(command("start", "after")).getString("status"));
  }

  @Test
  void errorsDoNotShowWhatTheHandlerSaid() throws Exception {
    assertFalse(send(command("pause", "k")).encode().contains("secret"));
  }

  @Test
  void ofFifteenAtOnceTenAreAnsweredAndARefusalNamesItsCommand() throws Exception {
    List<JsonObject> answers = fifteenAtOnce();
    for (JsonObject answer : answers.subList(0, 10)) {
      assertEquals("unknown_command", code(answer));
    }
    // A slow machine fills the bucket again on the way.
    for (int i = 0; i < MOST_TRIES && !code(answers.get(14)).equals("rate_limited"); i++) {
      answers = fifteenAtOnce();
    }
    assertEquals("rate_limited", code(answers.get(14)));
    for (JsonObject answer : answers) {
      if (code(answer).equals("rate_limited")) {
        JsonObject data = answer.getJsonObject("data");
        assertEquals("rate_limited", answer.getString("status"));
        assertEquals("nonsense", answer.getString("command"));
        assertEquals(data.getString("command_id"), answer.getString("command_id"));
        double after = answer.getDouble("retry_after");
        assertTrue(after >= 0 && after <= 0.1, "" + after);
        assertEquals("error", data.getString("status"));
      }
    }
  }

  private static String code(JsonObject answer) {
    return answer.getJsonObject("data").getString("code");
  }

  /** The answers, which name their commands in their order. */
  private List<JsonObject> fifteenAtOnce() throws Exception {
    for (int i = 0; i < 15; i++) {
      client.text(command("nonsense", "k" + i));
    }
    List<JsonObject> answers = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      JsonObject answer = client.json("command_response");
      assertEquals("k" + i, answer.getJsonObject("data").getString("command_id"));
      answers.add(answer);
    }
    return answers;
  }

  @Test
  void pongsAndFaultyMessagesCostNothing() throws Exception {
    for (int i = 0; i < 50; i++) {
      client.text("{\"type\":\"pong\"}");
      client.text("[]");
    }
    for (int i = 0; i < 50; i++) {
      client.json("command_response");
    }
    assertEquals("success", send(command("start", "k")).getString("status"));
  }

  @Test
  void parametersAreReadLooselyAndUnknownOnesLeftOut() throws Exception {
    JsonObject result =
        send(setParams(
                "{\"patience\":7.0,\"learning_rate\":\"0.03\",\"max_iterations\":true,\"nope\":1,"
                    + "\"epochs_max\":null,\"auto_snap_best\":\"yes\"}"))
            .getJsonObject("result");
    assertEquals(
        new JsonObject()
            .put("learning_rate", 0.03)
            .put("max_iterations", 1)
            .put("patience", 7)
            .put("auto_snap_best", true),
        result);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"learning_rate\":0}",
        "{\"learning_rate\":10.5}",
        "{\"learning_rate\":NaN}",
        "{\"learning_rate\":\"x\"}",
        "{\"learning_rate\":[]}",
        "{\"correlation_threshold\":1.1}",
        "{\"candidate_pool_size\":0}",
        "{\"candidate_pool_size\":257}",
        "{\"max_hidden_units\":10001}",
        "{\"patience\":1.5}",
        "{\"optimizer_type\":\"adam\"}",
        "{\"activation_function_name\":\"TANH\"}",
        "{\"init_output_weights\":\"one\"}",
        "{\"auto_snap_min_epochs\":-1}",
        "{\"multi_candidate\":2}",
        "{\"candidate_selection\":\"all\"}",
        "{\"convergence_threshold\":Infinity}",
        "{\"learning_rate\":0.1,\"patience\":0}"
      })
  void aParameterOutOfItsBoundsIsRefusedBeforeTheHandler(String params) throws Exception {
    assertError(send(setParams(params)), "set_params", "Invalid parameters", "invalid_params");
    assertEquals(0, HANDLED.size());
  }

  @Test
  void theBoundsThemselvesAreTaken() throws Exception {
    JsonObject data =
        send(
            setParams(
                "{\"learning_rate\":10,\"candidate_pool_size\":256,\"max_hidden_units\":10000,"
                    + "\"patience\":100000,\"candidate_epochs\":1000000,\"top_candidates\":0}"));
    assertEquals("success", data.getString("status"));
    assertNull(data.getString("error"));
  }
}
