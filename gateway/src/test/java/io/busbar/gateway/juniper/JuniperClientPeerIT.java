package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.JuniperPeers;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients of the real packages at a node: the streams of juniper-cascor-client, and all that
 * juniper-cascor-protocol says of the frames of the training and control streams. Needs what {@link
 * JuniperPeers} needs. Profile {@code juniper-peers}.
 */
@Tag("juniper-peers")
class JuniperClientPeerIT {
  private static final long RUN_SECONDS = 180;
  private static final String KEY = "a-key-for-dashboards";
  private static final String TRAINER =
      "plugins=[{use: trainer, config: {dataset: xor, worker-wait-ms: 200}}]";
  private static final String[] SHORT_HEARTBEATS = {
    "--set", TRAINER, "--set", "training.heartbeat=2s", "--set", "control.heartbeat=2s"
  };

  @TempDir private static Path folder;

  private static JuniperPeers peers;

  @BeforeAll
  static void install() throws Exception {
    peers = JuniperPeers.install(folder);
  }

  private static NodeProcess node(String... more) {
    return NodeProcess.start(
        "node",
        folder,
        Stream.of(SHORT_HEARTBEATS, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private static String webSocket(NodeProcess node) {
    return "ws://" + node.ready().get("http");
  }

  @Test
  void everyFrameOfTheTrainingAndControlStreamPassesTheProtocolsOwnCheck() throws Exception {
    try (NodeProcess node = node()) {
      JsonObject seen =
          new JsonObject(
              peers.script(
                  RUN_SECONDS,
                  "juniper_checked_streams.py",
                  webSocket(node),
                  node.http("").toString()));
      assertEquals(
          Set.of(
              "candidate_progress",
              "cascade_add",
              "chunked_message",
              "connection_established",
              "event",
              "initial_metrics",
              "initial_status",
              "metrics",
              "ping",
              "resume_failed",
              "resume_ok",
              "state",
              "topology"),
          seen.getJsonObject("training").fieldNames());
      assertEquals(
          Set.of("command_response", "connection_established", "ping"),
          seen.getJsonObject("control").fieldNames());
    }
  }

  @Test
  void theReferencesClientsWatchAndDriveATraining() throws Exception {
    try (NodeProcess node =
            node(
                "--set",
                "training.api-keys=[" + KEY + "]",
                "--set",
                "control.api-keys=[" + KEY + "]");
        PythonProcess client =
            peers.start(
                "client",
                "juniper_client_streams.py",
                webSocket(node),
                node.http("").toString(),
                KEY)) {
      JsonObject report = new JsonObject(client.result(RUN_SECONDS));
      for (String attempt : List.of("no_key", "wrong_key", "no_origin")) {
        assertTrue(report.getString(attempt).endsWith("HTTP 403"), report::encodePrettily);
      }
      assertEquals(
          new JsonArray(
              List.of("connection_established", "initial_status", "state", "initial_metrics")),
          report.getJsonArray("order"));
      JsonObject commands = report.getJsonObject("commands");
      assertEquals(
          new JsonArray(List.of("candidate_pool_size", "max_hidden_units")),
          commands.getJsonArray("applied"));
      assertEquals("invalid_params", commands.getString("set_params"));
      assertEquals("Command execution failed", commands.getString("pause"));
      assertEquals("Unknown command: frobnicate", commands.getString("frobnicate"));
      for (String command : List.of("start", "stop", "reset")) {
        assertEquals("success", commands.getString(command), report::encodePrettily);
      }
      assertEquals(new JsonArray(List.of("rate_limited", "success")), report.getJsonArray("burst"));
      assertEquals(new JsonArray(List.of(true, true, true)), report.getJsonArray("alive"));

      int last = report.getInteger("snapshot_seq");
      assertEquals(
          IntStream.rangeClosed(1, last).boxed().toList(),
          report.getJsonArray("numbers").getList());
      assertEquals(
          Set.of("candidate_progress", "cascade_add", "event", "metrics", "state", "topology"),
          report.getJsonObject("called").fieldNames());
      // The library has no model for what the reference greets with either.
      assertEquals(1, report.getJsonArray("warnings").size(), report::encodePrettily);

      node.sigterm();
      JsonObject end = new JsonObject(client.result(RUN_SECONDS));
      assertEquals(1012, end.getInteger("code"));
      assertEquals(false, end.getBoolean("alive"));
      assertTrue(end.getString("control").contains("Connection"), end::encode);
    }
  }
}
