package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.client.ControlClient.ControlAnswer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The control client against a scripted server. */
class ControlClientTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String GREETING =
      "{\"type\":\"connection_established\",\"data\":{\"channel\":\"control\"}}";

  private ScriptedServer server;
  private ControlClient client;

  @BeforeEach
  void open() throws Exception {
    server = new ScriptedServer();
    client = ControlClient.open(server.vertx, server.where().withOrigin("http://localhost:8050"));
  }

  @AfterEach
  void close() throws Exception {
    ScriptedServer.await(client.close());
    server.close();
  }

  private static String success(JsonObject command) {
    return new JsonObject()
        .put("type", "command_response")
        .put(
            "data",
            new JsonObject()
                .put("command", command.getString("command"))
                .put("status", "success")
                .put("command_id", command.getString("command_id"))
                .put("result", new JsonObject().put("of", command.getString("command"))))
        .encode();
  }

  private static FailureCode failure(Future<ControlAnswer> answer) {
    ExecutionException thrown =
        assertThrows(ExecutionException.class, () -> ScriptedServer.await(answer));
    return Failure.of(thrown.getCause()).code();
  }

  @Test
  void answersBelongToTheirCommandsInWhateverOrderTheyCome() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    Future<ControlAnswer> start = client.command("start", Map.of(), LONG);
    Future<ControlAnswer> stop = client.command("stop", Map.of("hard", true), LONG);
    JsonObject first = at.json();
    JsonObject second = at.json();
    at.say(success(second));
    at.say(success(first));

    assertEquals("/ws/control", at.path);
    assertEquals("http://localhost:8050", at.socket.headers().get("Origin"));
    assertEquals(Map.of("of", "start"), ScriptedServer.await(start).result());
    assertEquals(Map.of("of", "stop"), ScriptedServer.await(stop).result());
    assertFalse(first.containsKey("params"));
    assertTrue(second.getJsonObject("params").getBoolean("hard"));
  }

  @Test
  void aCommandWaitsForTheConnection() throws Exception {
    Future<ControlAnswer> answer = client.command("pause", Map.of(), LONG);
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    at.say(success(at.json()));

    assertTrue(ScriptedServer.await(answer).success());
  }

  @Test
  void anErrorIsAnAnswer() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    Future<ControlAnswer> answer = client.command("dance", Map.of(), LONG);
    String id = at.json().getString("command_id");
    at.say(
        "{\"type\":\"command_response\",\"data\":{\"command\":\"dance\",\"status\":\"error\","
            + "\"error\":\"Unknown command: dance\",\"code\":\"unknown_command\",\"command_id\":\""
            + id
            + "\"}}");

    ControlAnswer done = ScriptedServer.await(answer);

    assertFalse(done.success());
    assertEquals("unknown_command", done.code());
    assertEquals("Unknown command: dance", done.error());
  }

  @Test
  void theFlatAnswerToTooManyCommandsIsOneToo() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    Future<ControlAnswer> answer = client.command("stop", Map.of(), LONG);
    String id = at.json().getString("command_id");
    at.say(
        "{\"type\":\"command_response\",\"command\":\"stop\",\"status\":\"rate_limited\","
            + "\"retry_after\":0.1,\"command_id\":\""
            + id
            + "\"}");

    assertEquals("rate_limited", ScriptedServer.await(answer).code());
  }

  @Test
  void aCommandThatIsNotAnsweredEndsInTime() throws Exception {
    server.accept().say(GREETING);

    assertEquals(
        FailureCode.DEADLINE_EXCEEDED,
        failure(client.command("stop", Map.of(), Duration.ofMillis(50))));
  }

  @Test
  void aLostConnectionEndsWhatWasSentAndTheNextOneWorks() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    Future<ControlAnswer> sent = client.command("stop", Map.of(), LONG);
    at.json();
    at.drop();
    assertEquals(FailureCode.UNAVAILABLE, failure(sent));
    ScriptedServer.Connection again = server.accept();
    again.say(GREETING);
    Future<ControlAnswer> answer = client.command("reset", Map.of(), LONG);
    again.say(success(again.json()));

    assertTrue(ScriptedServer.await(answer).success());
  }

  @Test
  void aPingIsAnswered() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(GREETING);
    at.say("{\"type\":\"ping\",\"ts\":1}");

    assertEquals("{\"type\":\"pong\"}", at.next());
  }

  @Test
  void moreThanMayWaitAreBusy() throws Exception {
    for (int i = 0; i < ControlClient.MAX_PENDING; i++) {
      client.command("stop", Map.of(), LONG).onFailure(cause -> Failure.of(cause));
    }

    assertEquals(FailureCode.BUSY, failure(client.command("stop", Map.of(), LONG)));
  }

  @Test
  void eachGreetingMakesTheNextPauseAFirstOne() throws Exception {
    server.accept();
    ScriptedServer.await(client.close());
    client = ControlClient.open(server.vertx, server.whereEachPauseIsLonger());
    for (int i = 0; i < ScriptedServer.MANY_CONNECTIONS; i++) {
      ScriptedServer.Connection at = server.accept();
      at.say(GREETING);
      at.drop();
    }
  }
}
