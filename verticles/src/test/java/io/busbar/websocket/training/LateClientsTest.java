package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that come when the channel keeps nothing any more of what they are told first. */
class LateClientsTest {
  private static final int REPLAY = 4;
  private static final int ROWS = 130;
  private static final TrainingOptions OPTIONS =
      TrainingOptions.DEFAULTS.withCaps(1000, 1000).withReplay(REPLAY);

  private final ClusterNodes cluster = new ClusterNodes();
  private final List<JuniperNode> nodes = new ArrayList<>();
  private JuniperNode a;
  private JuniperNode b;

  @BeforeEach
  void start() throws Exception {
    a = node("a");
    b = node("b");
    nodes.addAll(List.of(a, b));
  }

  @AfterEach
  void stop() throws Exception {
    for (JuniperNode node : nodes) {
      node.stop();
    }
    cluster.close();
  }

  private JuniperNode node(String name) throws Exception {
    return JuniperNode.start(cluster, name, OPTIONS, ControlOptions.DEFAULTS);
  }

  /** A whole run and much noise after it; nobody watches, and its publisher is gone. */
  private long run(JuniperNode at) throws Exception {
    at.publish(
        "{\"type\":\"state\",\"data\":{\"status\":\"Completed\",\"phase\":\"Idle\","
            + "\"network_name\":\"CasCor-2x1\",\"dataset_name\":\"spirals\"}}");
    for (int i = 1; i <= ROWS; i++) {
      at.metrics(i);
    }
    long last = 0;
    for (int i = 0; i < 3 * REPLAY; i++) {
      last = at.publish("{\"type\":\"event\",\"data\":{\"event\":\"noise\"}}").last();
    }
    return last;
  }

  private static void assertTold(JuniperNode node, long last) throws Exception {
    try (RawWebSocket client = new RawWebSocket(node.training())) {
      client.json("connection_established");
      client.text("{\"type\":\"pong\"}");
      JsonObject status = client.json("initial_status").getJsonObject("data");
      assertEquals("COMPLETED", status.getJsonObject("state_machine").getString("status"));
      assertEquals(ROWS, status.getJsonObject("monitor").getInteger("total_metrics"));
      assertEquals("spirals", status.getString("current_dataset"));
      assertTrue(status.getBoolean("network_loaded"));
      JsonObject state = client.json("state").getJsonObject("data");
      assertEquals("CasCor-2x1", state.getString("network_name"));
      JsonObject metrics = client.json("initial_metrics").getJsonObject("data");
      JsonArray rows = metrics.getJsonArray("metrics");
      assertEquals(100, rows.size());
      assertEquals(ROWS - 99, rows.getJsonObject(0).getInteger("epoch"));
      assertEquals(ROWS, rows.getJsonObject(99).getInteger("epoch"));
      assertEquals(last, metrics.getLong("current_seq"));
      node.metrics(999);
      assertEquals(last + 1, client.json("metrics").getLong("seq"));
    }
  }

  @Test
  void aLateClientIsToldTheFullStateOnEitherNode() throws Exception {
    long last = run(a);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(b.http("/v1/training/status")).build(),
                HttpResponse.BodyHandlers.ofString());
    JsonObject status = new JsonObject(answer.body()).getJsonObject("data");
    assertEquals(last, status.getLong("snapshot_seq"));
    assertEquals("Completed", status.getJsonObject("training_state").getString("status"));
    assertEquals(ROWS, status.getJsonObject("monitor").getInteger("total_metrics"));
    assertTold(b, last);
  }

  @Test
  void theStateOutlivesTheNodeThatKeptIt() throws Exception {
    nodes.add(node("c"));
    a.metrics(0);
    JuniperNode holder = a;
    for (JuniperNode node : nodes) {
      node.member().awaitSafe();
      holder = node.member().holds("training") ? node : holder;
    }
    long last = run(holder);
    nodes.remove(holder);
    holder.kill();
    JuniperNode other = nodes.get(0);
    try (RawWebSocket client = new RawWebSocket(other.training())) {
      client.json("connection_established");
      client.text("{\"type\":\"pong\"}");
      JsonObject status = client.json("initial_status").getJsonObject("data");
      assertEquals("COMPLETED", status.getJsonObject("state_machine").getString("status"));
      assertEquals(ROWS + 1, status.getJsonObject("monitor").getInteger("total_metrics"));
      client.json("state");
      JsonObject metrics = client.json("initial_metrics").getJsonObject("data");
      assertEquals(100, metrics.getInteger("count"));
      assertEquals(last, metrics.getLong("current_seq"));
    }
  }
}
