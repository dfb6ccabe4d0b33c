package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker behind a WebSocket of one node does the task of a call at another. */
class JuniperWorkersIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String TASK =
      "{\"candidate_data\":{\"input_size\":1},\"tensors\":{"
          + "\"candidate_input\":{\"data\":[[1],[2]]},\"residual_error\":{\"data\":[[3],[4]]}}}";

  @TempDir Path folder;

  private static ScriptedJuniperWorker worker(NodeProcess node, String name) {
    return ScriptedJuniperWorker.registered(
        URI.create("ws://" + node.ready().get("http") + "/ws/v1/workers"), name);
  }

  private static CompletableFuture<HttpResponse<String>> call(NodeProcess node) {
    return node.callAsync(
        "juniper", TASK, Map.of("content-type", "application/json", "busbar-timeout", "60s"));
  }

  private static void knows(NodeProcess node, String clientName) {
    Eventually.passes(
        PATIENCE,
        node::log,
        () ->
            assertTrue(
                node.get(node.http("/v1/workers")).body().contains(clientName), "not listed"));
  }

  @Test
  void aTaskFindsAWorkerOnAnotherNodeAndSurvivesThatNode() throws Exception {
    try (NodeProcess front = NodeProcess.start("front", folder);
        NodeProcess back = NodeProcess.start("back", folder, "--join", front.cluster())) {
      ScriptedJuniperWorker far = worker(back, "far-worker");
      knows(front, "far-worker");
      CompletableFuture<HttpResponse<String>> first = call(front);
      far.succeed(far.task(), 0.5f);
      HttpResponse<String> answer = first.get(60, TimeUnit.SECONDS);
      assertEquals(200, answer.statusCode(), answer::body);
      assertTrue(new JsonObject(answer.body()).getBoolean("success"));

      JsonObject listed =
          new JsonObject(front.get(front.http("/v1/workers")).body())
              .getJsonArray("workers")
              .getJsonObject(0);
      assertEquals("juniper", listed.getString("pool"));
      assertEquals("juniper", listed.getString("protocol_name"));
      assertEquals("back", listed.getString("node"));

      CompletableFuture<HttpResponse<String>> second = call(front);
      Task lost = far.task();
      back.sigkill();
      try (ScriptedJuniperWorker near = worker(front, "near-worker")) {
        Task again = near.task();
        assertEquals(lost.tensors(), again.tensors());
        near.succeed(again, 0.5f);
        HttpResponse<String> saved = second.get(60, TimeUnit.SECONDS);
        assertEquals(200, saved.statusCode(), saved::body);

        front.sigterm();
        assertEquals(1012, near.closeCode());
        assertEquals(0, front.exitCode(PATIENCE));
      }
    }
  }
}
