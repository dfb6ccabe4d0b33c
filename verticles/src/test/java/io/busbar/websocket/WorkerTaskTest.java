package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JuniperJson;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A call becomes a task of a worker, and its result the answer. */
class WorkerTaskTest {
  private final WorkersStage stage = new WorkersStage();

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void aTaskGoesOutAndItsResultComesBack() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      Task task = worker.task();
      assertEquals(2L, task.data("input_size"));
      assertEquals(
          List.of("candidate_input", "residual_error"), new ArrayList<>(task.tensors().keySet()));
      assertEquals(
          BinaryFrame.ofFloats(List.of(2, 2), 1, 2, 3, 4), task.tensors().get("candidate_input"));
      worker.succeed(task, 0.25f, -0.5f);
      HttpResponse<byte[]> answer = WorkersStage.await(call);
      assertEquals(200, answer.statusCode());
      JsonObject json = WorkersStage.json(answer);
      assertEquals(0.4127, json.getDouble("correlation"));
      assertTrue(json.getBoolean("success"));
      assertEquals(task.id(), json.getString("task_id"));
      JsonObject weights = json.getJsonObject("tensors").getJsonObject("weights");
      assertEquals("float32", weights.getString("dtype"));
      assertEquals(new JsonArray().add(2), weights.getJsonArray("shape"));
      assertEquals("AACAPgAAAL8=", weights.getString("data"));
      assertTrue(answer.headers().firstValue("busbar-worker").orElse("").startsWith("worker-"));
    }
  }

  @Test
  void aTaskHasTheFieldsOfTheProtocolAndIdsOfItsOwn() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      stage.call();
      Task task = worker.task();
      assertEquals(
          List.of(
              "type",
              "task_id",
              "round_id",
              "candidate_index",
              "candidate_data",
              "training_params",
              "tensor_manifest"),
          List.copyOf(task.header().keySet()));
      assertEquals(task.id(), UUID.fromString(task.id()).toString());
      String round = (String) task.header().get("round_id");
      assertEquals(round, UUID.fromString(round).toString());
      assertNotEquals(task.id(), round);
      assertEquals(
          "{\"candidate_input\":{\"shape\":[2,2],\"dtype\":\"float32\"},"
              + "\"residual_error\":{\"shape\":[2,1],\"dtype\":\"float32\"}}",
          JuniperJson.write(task.header().get("tensor_manifest")));
    }
  }

  @Test
  void aBeatIsAnsweredWithTheIdThatTheServerMade() {
    try (ScriptedJuniperWorker worker = ScriptedJuniperWorker.connect(stage.socket())) {
      String id = worker.register("one");
      worker.send("{\"type\":\"heartbeat\",\"worker_id\":7,\"in_flight_tasks\":\"many\"}");
      Map<String, Object> answer = worker.json("heartbeat");
      assertEquals(List.of("type", "worker_id", "timestamp"), List.copyOf(answer.keySet()));
      assertEquals(id, answer.get("worker_id"));
      assertTrue((double) answer.get("timestamp") > 1e9);
    }
  }

  @Test
  void aWorkerHasOneTaskAtATimeAndTheNextFollowsAtOnce() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> first = stage.call();
      Task one = worker.task();
      CompletableFuture<HttpResponse<byte[]>> second = stage.call();
      worker.beat(1);
      worker.json("heartbeat");
      assertTrue(worker.quiet(), "a second task came while the first one runs");
      worker.succeed(one, 1);
      Task two = worker.task();
      assertNotEquals(one.id(), two.id());
      worker.succeed(two, 1);
      assertEquals(200, WorkersStage.await(first).statusCode());
      assertEquals(200, WorkersStage.await(second).statusCode());
    }
  }

  @Test
  void aCallWaitsForAWorkerThatComesLater() {
    CompletableFuture<HttpResponse<byte[]>> call = stage.call();
    try (ScriptedJuniperWorker worker = stage.worker("late")) {
      worker.succeed(worker.task(), 1);
      assertEquals(200, WorkersStage.await(call).statusCode());
    }
  }

  @Test
  void aTaskThatTheWorkerCouldNotDoIsAnAnswerTooIfItSaysSo() {
    try (ScriptedJuniperWorker worker = stage.worker("one")) {
      CompletableFuture<HttpResponse<byte[]>> call = stage.call();
      Task task = worker.task();
      var failed = ScriptedJuniperWorker.result(task.id(), java.util.Map.of());
      failed.put("success", false);
      failed.put("correlation", 0.0);
      failed.put("error_message", "Task timed out after 3600s");
      worker.send(failed);
      assertEquals("accepted", worker.json("result_ack").get("status"));
      JsonObject json = WorkersStage.json(WorkersStage.await(call));
      assertEquals("Task timed out after 3600s", json.getString("error_message"));
    }
  }
}
