package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many rows clients are told, as it is configured. */
class InitialMetricsTest {
  private static final int ROWS = 6;
  private final ClusterNodes cluster = new ClusterNodes();
  private JuniperNode node;

  @AfterEach
  void stop() throws Exception {
    node.stop();
    cluster.close();
  }

  private void start(int rows) throws Exception {
    TrainingOptions usual = TrainingOptions.DEFAULTS;
    TrainingOptions options =
        new TrainingOptions(
            usual.channel(),
            usual.apiKeys(),
            usual.maxConnections(),
            usual.maxPerIp(),
            usual.replay(),
            usual.maxMessage(),
            usual.times(),
            new TrainingOptions.Text(60_000, 32_000, rows));
    node = JuniperNode.start(cluster, "a", options, ControlOptions.DEFAULTS);
    for (int i = 0; i < ROWS; i++) {
      node.metrics(i);
    }
  }

  private RawWebSocket begun() throws Exception {
    RawWebSocket client = new RawWebSocket(node.training());
    client.json("connection_established");
    client.text("{\"type\":\"pong\"}");
    client.json("initial_status");
    client.json("state");
    return client;
  }

  private static int asked(RawWebSocket client, int most) throws Exception {
    client.text("{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":" + most + "}}");
    return count(client);
  }

  private static int count(RawWebSocket client) throws Exception {
    JsonObject data = client.json("initial_metrics").getJsonObject("data");
    assertEquals(data.getJsonArray("metrics").size(), data.getInteger("count"));
    return data.getInteger("count");
  }

  @Test
  void noMoreThanConfiguredAreTold() throws Exception {
    start(3);
    try (RawWebSocket client = begun()) {
      assertEquals(3, count(client));
      assertEquals(3, asked(client, 1000));
      assertEquals(2, asked(client, 2));
    }
  }

  @Test
  void zeroTellsNoneUnlessAClientAsks() throws Exception {
    start(0);
    try (RawWebSocket client = begun()) {
      node.metrics(ROWS);
      client.json("metrics");
      assertEquals(ROWS + 1, asked(client, 1000));
    }
  }
}
