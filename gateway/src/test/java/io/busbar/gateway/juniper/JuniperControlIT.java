package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import io.busbar.juniper.Envelope;
import io.busbar.juniper.Envelopes;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.UnknownLabels;
import io.busbar.testing.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample trainer on one node, driven and watched at another through the two WebSockets. */
class JuniperControlIT {
  private static final String ORIGIN = "http://localhost:8050";
  private static final String XOR = "plugins=[{use: trainer, config: {dataset: xor}}]";
  private static final int MOST_FRAMES = 20_000;
  private static final List<String> METERS =
      List.of(
          "cascor_ws_connections_active{endpoint=\"control\"",
          "cascor_ws_connections_active{endpoint=\"training\"",
          "cascor_ws_connections_active{endpoint=\"workers\"",
          "cascor_ws_seq_current{",
          "cascor_ws_replay_buffer_occupancy{",
          "cascor_ws_replay_buffer_capacity{",
          "cascor_ws_resume_requests_total{node=\"b\",outcome=\"malformed_resume\"",
          "cascor_ws_resume_replayed_events_count{",
          "cascor_ws_broadcast_send_duration_seconds_count{node=\"b\",type=\"metrics\"",
          "cascor_ws_broadcast_timeout_total{",
          "cascor_ws_unserializable_messages_total{node=\"b\",type=",
          "cascor_ws_control_command_received_total{command=\"start\"",
          "cascor_ws_command_responses_total{command=\"start\",node=\"b\",status=\"success\"",
          "juniper_cascor_pending_tasks{");

  @TempDir private Path directory;

  private static RawWebSocket open(NodeProcess node, String path) throws Exception {
    RawWebSocket socket =
        new RawWebSocket(URI.create("ws://" + node.ready().get("http") + path), "Origin", ORIGIN);
    socket.json("connection_established");
    return socket;
  }

  private static JsonObject command(RawWebSocket control, String name, JsonObject params)
      throws Exception {
    control.text(
        new JsonObject()
            .put("type", "command")
            .put("command", name)
            .put("command_id", name)
            .put("params", params)
            .encode());
    JsonObject data = control.json("command_response").getJsonObject("data");
    assertEquals(name, data.getString("command_id"));
    return data;
  }

  @Test
  void aTrainingIsDrivenAndWatchedAtAnotherNode() throws Exception {
    try (NodeProcess first = NodeProcess.start("a", directory, "--set", XOR);
        NodeProcess second = NodeProcess.start("b", directory, "--join", first.cluster());
        RawWebSocket control = open(second, "/ws/control");
        RawWebSocket watching = open(second, "/ws/training")) {
      watching.text("{\"type\":\"pong\"}");
      watching.json("initial_status");
      watching.json("state");
      long seq = watching.json("initial_metrics").getJsonObject("data").getLong("current_seq");
      JsonObject set = command(control, "set_params", new JsonObject().put("max_hidden_units", 1));
      assertEquals("success", set.getString("status"), set.encode());
      assertEquals(1, set.getJsonObject("result").getInteger("max_hidden_units"));
      JsonObject bad = command(control, "set_params", new JsonObject().put("patience", 0));
      assertEquals("invalid_params", bad.getString("code"));
      JsonObject started = command(control, "start", new JsonObject());
      assertEquals("success", started.getString("status"), started.encode());
      assertEquals("training_started", started.getJsonObject("result").getString("status"));
      Envelopes envelopes = new Envelopes(new UnknownLabels());
      Set<String> types = new HashSet<>();
      String event = "";
      for (int i = 0; i < MOST_FRAMES && !event.equals("training_complete"); i++) {
        JsonObject frame = watching.json();
        if (frame.containsKey("seq")) {
          assertEquals(++seq, frame.getLong("seq"));
          Envelope envelope = envelopes.validate(JuniperJson.read(frame.encode()));
          assertTrue(envelope.known(), frame::encode);
          types.add(envelope.type());
          event = frame.getJsonObject("data").getString("event", "");
        } else {
          watching.text("{\"type\":\"pong\"}");
        }
      }
      assertEquals("training_complete", event);
      assertTrue(types.containsAll(Set.of("state", "metrics", "event")), types.toString());
      try (RawWebSocket late = open(second, "/ws/training")) {
        late.text("{\"type\":\"resume\"}");
        late.json("resume_failed");
      }
      assertMeters(first, "cascor_ws_state_throttle_coalesced_total");
      assertMeters(second, METERS.toArray(String[]::new));
    }
  }

  /** Names, and labels at the beginning of theirs, as juniper-cascor's dashboards ask for them. */
  private static void assertMeters(NodeProcess node, String... beginnings) throws Exception {
    String shown = node.get(node.management("/metrics")).body();
    for (String beginning : beginnings) {
      assertTrue(shown.contains("\n" + beginning), () -> beginning + " is not in " + shown);
    }
  }
}
