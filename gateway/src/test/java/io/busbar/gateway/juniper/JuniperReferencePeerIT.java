package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.JuniperPeers;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonProcess;
import io.busbar.testing.FreePorts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The reference with real torch: its server behind the relay, and a stock worker at a node and at
 * that server. Profile {@code juniper-peers}; only with BUSBAR_PEER_TORCH=1.
 */
@Tag("juniper-peers")
class JuniperReferencePeerIT {
  private static final long RUN_SECONDS = 240;
  private static final Duration PATIENCE = Duration.ofSeconds(120);

  /** As the reference's server has it: one sample a row, one value a unit. */
  private static final String TASK =
      "{\"candidate_data\":{\"input_size\":2,\"activation_name\":\"Tanh\",\"candidate_seed\":7},"
          + "\"training_params\":{\"epochs\":20,\"learning_rate\":0.05},\"tensors\":{"
          + "\"candidate_input\":{\"data\":[[0,0],[0,1],[1,0],[1,1]]},"
          + "\"residual_error\":{\"data\":[[-0.5],[0.5],[0.5],[-0.4]]}}}";

  /** Cuts nearly all of its messages, so that the relay has something to join. */
  private static final Map<String, String> SMALL_CHUNKS =
      Map.of(
          "JUNIPER_WS_MAX_MESSAGE_SIZE_BYTES", "500",
          "JUNIPER_WS_CHUNK_PAYLOAD_SIZE_BYTES", "300");

  @TempDir private static Path folder;

  private static JuniperPeers peers;

  @BeforeAll
  static void install() throws Exception {
    peers = JuniperPeers.installWithTorch(folder);
  }

  @Test
  void aStockWorkerTrainsACandidateForANode() throws Exception {
    try (NodeProcess node = NodeProcess.start("node", folder);
        PythonProcess worker =
            peers.workerWithTorch("ws://" + node.ready().get("http") + "/ws/v1/workers")) {
      Eventually.passes(
          PATIENCE,
          worker::log,
          () ->
              assertTrue(node.get(node.http("/v1/workers")).body().contains("\"torch_version\"")));
      HttpResponse<String> answer =
          node.callAsync(
                  "juniper",
                  TASK,
                  Map.of("content-type", "application/json", "busbar-timeout", "80s"))
              .get(RUN_SECONDS, TimeUnit.SECONDS);
      String shown = answer.body() + "\n" + worker.log();
      assertEquals(200, answer.statusCode(), shown);
      JsonObject result = new JsonObject(answer.body());
      assertTrue(result.getBoolean("success"), shown);
      assertTrue(result.getDouble("correlation") > 0, shown);
      JsonObject tensors = result.getJsonObject("tensors");
      assertEquals(
          new JsonArray(List.of(2)), tensors.getJsonObject("weights").getJsonArray("shape"));
      assertEquals(
          new JsonArray(List.of(4)), tensors.getJsonObject("norm_output").getJsonArray("shape"));
    }
  }

  @Test
  void aClientOfTheServerAndOneOfTheNodeThatRelaysItSeeTheSameTraining() throws Exception {
    int port = FreePorts.one();
    String reference = "127.0.0.1:" + port;
    try (PythonProcess server = peers.server(port, SMALL_CHUNKS)) {
      Eventually.passes(PATIENCE, server::log, () -> new Socket("127.0.0.1", port).close());
      try (NodeProcess node =
              NodeProcess.start(
                  "relay",
                  folder,
                  "--set",
                  "training.upstream=ws://" + reference,
                  "--set",
                  "training.upstream-origin=http://localhost:8050");
          PythonProcess viewers =
              peers.start(
                  "viewers", "juniper_two_viewers.py", reference, node.ready().get("http"))) {
        JsonObject first = new JsonObject(viewers.result(RUN_SECONDS));
        assertEquals(
            new JsonArray(List.of("cascade_add", "event", "metrics", "state", "topology")),
            first.getJsonArray("first_run"));
        JsonObject seen;
        try (PythonProcess worker = peers.workerWithTorch("ws://" + reference + "/ws/v1/workers")) {
          seen = new JsonObject(viewers.result(RUN_SECONDS));
          assertTrue(seen.getInteger("tasks_completed") > 0, worker::log);
        }
        String shown = seen.encodePrettily();
        assertTrue(seen.getBoolean("same"), shown);
        assertTrue(seen.getInteger("chunks") > 0, shown);
        assertEquals(new JsonArray(), seen.getJsonArray("gaps"), shown);
        assertTrue(seen.getBoolean("instances"), shown);
        JsonArray greeting = new JsonArray(List.of("initial_status", "state", "initial_metrics"));
        assertEquals(greeting, seen.getJsonArray("greetings").getJsonArray(1), shown);
        assertEquals(new JsonArray(List.of("candidate_epochs")), seen.getJsonArray("applied"));
        assertEquals("success", seen.getString("start"));
        assertEquals("Command execution failed", seen.getString("resume"));
        assertEquals("success", seen.getString("reset"));
      }
    }
  }
}
