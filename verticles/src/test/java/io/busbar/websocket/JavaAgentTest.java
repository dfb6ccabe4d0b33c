package io.busbar.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.client.JuniperServer;
import io.busbar.juniper.client.WorkerAgent;
import io.busbar.juniper.client.WorkerTask;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The Java worker agent at the real endpoint. */
class JavaAgentTest {
  @Test
  void aCallIsDoneByTheAgent() throws Exception {
    Vertx vertx = Vertx.vertx();
    try (WorkersStage stage = new WorkersStage()) {
      String base = stage.socket("").toString();
      WorkerAgent agent =
          WorkerAgent.start(
              vertx,
              JuniperServer.of(base),
              WorkerAgent.Settings.DEFAULTS,
              task -> Future.succeededFuture(result(task)));

      HttpResponse<byte[]> answer = WorkersStage.await(stage.call());

      assertEquals(200, answer.statusCode(), new String(answer.body()));
      assertEquals(0.25, WorkersStage.json(answer).getDouble("correlation"));
      assertTrue(WorkersStage.json(answer).encode().contains("weights"));
      agent.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  private static WorkerTask.Result result(WorkerTask task) {
    int epochs = ((Number) task.trainingParams().get("epochs")).intValue();
    assertEquals(List.of(2L, 2L), task.tensors().get("candidate_input").shape());
    return WorkerTask.Result.of(
        0.25, epochs, Map.of("weights", BinaryFrame.ofFloats(List.of(2), 1f, -1f)));
  }
}
