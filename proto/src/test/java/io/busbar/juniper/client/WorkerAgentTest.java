package io.busbar.juniper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.WorkerFrames;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker agent against a scripted server. */
class WorkerAgentTest {
  private static final BinaryFrame INPUT = BinaryFrame.ofFloats(List.of(2, 1), 1f, 2f);

  private final AtomicReference<WorkerAgent.TaskHandler> handler = new AtomicReference<>();
  private ScriptedServer server;
  private WorkerAgent agent;

  @BeforeEach
  void open() throws Exception {
    server = new ScriptedServer();
    handler.set(
        task ->
            Future.succeededFuture(
                WorkerTask.Result.of(
                    0.5,
                    7,
                    tensors(
                        "weights",
                        task.tensors().get("candidate_input"),
                        "bias",
                        BinaryFrame.ofFloats(List.of(1), 9f)))));
  }

  @AfterEach
  void close() throws Exception {
    ScriptedServer.await(agent.close());
    server.close();
  }

  private static Map<String, BinaryFrame> tensors(
      String first, BinaryFrame a, String second, BinaryFrame b) {
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put(first, a);
    tensors.put(second, b);
    return tensors;
  }

  private ScriptedServer.Connection registered(WorkerAgent.Settings settings) throws Exception {
    agent =
        WorkerAgent.start(server.vertx, server.where(), settings, task -> handler.get().run(task));
    return register();
  }

  private ScriptedServer.Connection register() throws Exception {
    ScriptedServer.Connection at = server.accept();
    at.say(WorkerFrames.connectionEstablished());
    JsonObject registration = at.json();
    assertEquals("/ws/v1/workers", at.path);
    assertEquals("register", registration.getString("type"));
    assertEquals(agent.name(), registration.getString("worker_id"));
    assertTrue(registration.getJsonObject("capabilities").containsKey("cpu_cores"));
    at.say(WorkerFrames.registrationAck("worker-1", agent.name()));
    return at;
  }

  private static void assign(ScriptedServer.Connection at, String id) throws Exception {
    Map<String, BinaryFrame> tensors =
        tensors("candidate_input", INPUT, "residual_error", BinaryFrame.ofFloats(List.of(1), 3f));
    at.say(
        WorkerFrames.taskAssign(
            id,
            "round",
            2,
            Map.of("candidate_uuid", "u", "activation_name", "Tanh"),
            Map.of("epochs", 7),
            WorkerFrames.heads(tensors)));
    for (BinaryFrame tensor : tensors.values()) {
      byte[] bytes = new byte[(int) tensor.size()];
      tensor.encode().get(bytes);
      at.say(Buffer.buffer(bytes));
    }
  }

  private static BinaryFrame tensor(ScriptedServer.Connection at) throws InterruptedException {
    return BinaryFrame.decode(ByteBuffer.wrap(((Buffer) at.next()).getBytes()));
  }

  @Test
  void aTaskIsDoneAndItsTensorsFollowTheResult() throws Exception {
    ScriptedServer.Connection at = registered(WorkerAgent.Settings.DEFAULTS);
    assign(at, "t1");

    JsonObject result = at.json();

    assertEquals("task_result", result.getString("type"));
    assertEquals("t1", result.getString("task_id"));
    assertEquals(2, result.getInteger("candidate_id"));
    assertEquals("u", result.getString("candidate_uuid"));
    assertEquals("Tanh", result.getString("activation_name"));
    assertTrue(result.getBoolean("success"));
    assertEquals(
        List.of("weights", "bias"),
        List.copyOf(result.getJsonObject("tensor_manifest").fieldNames()));
    assertEquals(INPUT, tensor(at));
    assertEquals(BinaryFrame.ofFloats(List.of(1), 9f), tensor(at));
  }

  @Test
  void aHandlerThatFailsIsToldToTheServer() throws Exception {
    handler.set(
        task -> {
          throw new IllegalStateException("no luck");
        });
    ScriptedServer.Connection at = registered(WorkerAgent.Settings.DEFAULTS);
    assign(at, "t1");

    JsonObject result = at.json();

    assertFalse(result.getBoolean("success"));
    assertEquals("no luck", result.getString("error_message"));
    assertTrue(result.getJsonObject("tensor_manifest").isEmpty());
  }

  @Test
  void aTaskThatTakesTooLongHasFailed() throws Exception {
    handler.set(task -> Promise.<WorkerTask.Result>promise().future());
    ScriptedServer.Connection at =
        registered(WorkerAgent.Settings.DEFAULTS.withTaskLimit(Duration.ofMillis(20)));
    assign(at, "t1");

    assertEquals("Task timed out after 0s", at.json().getString("error_message"));
  }

  @Test
  void aTaskWithoutTensorsIsRefused() throws Exception {
    ScriptedServer.Connection at = registered(WorkerAgent.Settings.DEFAULTS);
    at.say(WorkerFrames.taskAssign("t1", "round", 0, Map.of(), Map.of(), Map.of()));

    assertEquals(
        "Tensor manifest invalid: manifest is empty", at.json().getString("error_message"));
  }

  @Test
  void beatsGoOnWhileATaskRuns() throws Exception {
    handler.set(task -> Promise.<WorkerTask.Result>promise().future());
    ScriptedServer.Connection at =
        registered(WorkerAgent.Settings.DEFAULTS.withHeartbeat(Duration.ofMillis(20)));
    assign(at, "t1");

    JsonObject beat = at.json();
    while (beat.getInteger("in_flight_tasks") == 0) {
      beat = at.json();
    }

    assertEquals("heartbeat", beat.getString("type"));
  }

  @Test
  void aResultWhoseConnectionIsGoneIsDroppedAndTheNextTaskIsDone() throws Exception {
    Promise<WorkerTask.Result> late = Promise.promise();
    Promise<Void> begun = Promise.promise();
    WorkerAgent.TaskHandler usual = handler.get();
    handler.set(
        task -> {
          begun.complete();
          return late.future();
        });
    ScriptedServer.Connection at = registered(WorkerAgent.Settings.DEFAULTS);
    assign(at, "t1");
    ScriptedServer.await(begun.future());
    at.drop();
    ScriptedServer.Connection again = register();
    handler.set(usual);
    late.complete(WorkerTask.Result.of(1, 1, Map.of()));
    assign(again, "t2");

    assertEquals("t2", again.json().getString("task_id"));
  }

  @Test
  void eachRegistrationMakesTheNextPauseAFirstOne() throws Exception {
    agent =
        WorkerAgent.start(
            server.vertx,
            server.whereEachPauseIsLonger(),
            WorkerAgent.Settings.DEFAULTS,
            task -> handler.get().run(task));
    for (int i = 0; i < ScriptedServer.MANY_CONNECTIONS; i++) {
      register().drop();
    }
  }
}
