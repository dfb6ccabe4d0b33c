package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gates, caps, heartbeat, slow and silent clients, the end of a node. */
class TrainingLimitsTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static int nodes;
  private JuniperNode node;

  @BeforeAll
  static void prepare() {
    nodes = 0;
  }

  @AfterAll
  static void closeCluster() throws Exception {
    CLUSTER.close();
  }

  private void start(TrainingOptions options) throws Exception {
    start(options, 200);
  }

  private void start(TrainingOptions options, int sockets) throws Exception {
    node = JuniperNode.start(CLUSTER, "n" + nodes++, options, ControlOptions.DEFAULTS, sockets);
  }

  @AfterEach
  void stop() throws Exception {
    node.stop();
    node.leave();
  }

  private RawWebSocket greeted() throws Exception {
    RawWebSocket client = new RawWebSocket(node.training());
    client.json("connection_established");
    return client;
  }

  private RawWebSocket fresh() throws Exception {
    RawWebSocket client = greeted();
    begin(client);
    return client;
  }

  private static void begin(RawWebSocket client) throws Exception {
    client.text("{\"type\":\"pong\"}");
    client.json("initial_status");
    client.json("state");
    client.json("initial_metrics");
  }

  private static TrainingOptions times(long heartbeat, long pong, long send) {
    return TrainingOptions.DEFAULTS
        .withCaps(1000, 1000)
        .with(
            new TrainingOptions.Times(
                Duration.ofMillis(heartbeat),
                Duration.ofMillis(pong),
                Duration.ofSeconds(5),
                Duration.ofMillis(send)));
  }

  // ---- gates and caps ----

  @Test
  void aWrongOrMissingKeyIsRefusedWith403() throws Exception {
    start(TrainingOptions.DEFAULTS.withApiKeys("right-key"));
    assertEquals(403, RawWebSocket.status(node.training()));
    assertEquals(403, RawWebSocket.status(node.training(), "X-API-Key", "wrong"));
    assertEquals(403, RawWebSocket.status(node.training(), "X-API-Key", ""));
    assertEquals(101, RawWebSocket.status(node.training(), "X-API-Key", "right-key"));
    assertEquals(3, node.count("busbar.training.refused", "reason", "key"));
  }

  @Test
  void noOriginIsLookedAt() throws Exception {
    start(TrainingOptions.DEFAULTS);
    assertEquals(101, RawWebSocket.status(node.training(), "Origin", "http://elsewhere"));
  }

  @Test
  void theSixthOfOneAddressIsRefusedUntilOneIsGone() throws Exception {
    start(TrainingOptions.DEFAULTS);
    List<RawWebSocket> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(greeted());
    }
    assertEquals(403, RawWebSocket.status(node.training()));
    assertEquals(5, node.gauge("cascor.ws.connections.active", "endpoint", "training"));
    RawWebSocket gone = clients.remove(0);
    gone.frame(0x88, new byte[] {3, (byte) 0xe8});
    gone.closed();
    try (RawWebSocket next = greeted()) {
      assertEquals(403, RawWebSocket.status(node.training()));
    }
    for (RawWebSocket client : clients) {
      client.close();
    }
  }

  @Test
  void noMoreThanTheCapAreTaken() throws Exception {
    start(TrainingOptions.DEFAULTS.withCaps(2, 1000));
    try (RawWebSocket one = greeted();
        RawWebSocket two = greeted()) {
      assertEquals(403, RawWebSocket.status(node.training()));
      assertEquals(1, node.count("busbar.training.refused", "reason", "full"));
      assertEquals(2, node.gauge("cascor.ws.connections.active", "endpoint", "training"));
    }
  }

  @Test
  void theCapOfAllWebSocketsCountsToo() throws Exception {
    start(TrainingOptions.DEFAULTS, 1);
    try (RawWebSocket one = greeted()) {
      assertEquals(403, RawWebSocket.status(node.training()));
      assertEquals(1, node.gauge("cascor.ws.connections.active", "endpoint", "training"));
    }
  }

  // ---- resume and sizes ----

  @Test
  void withoutReplayThereIsNoResume() throws Exception {
    start(TrainingOptions.DEFAULTS.withReplay(0));
    try (RawWebSocket client = new RawWebSocket(node.training())) {
      JsonObject greeting = client.json("connection_established").getJsonObject("data");
      assertEquals(0, greeting.getInteger("replay_buffer_capacity"));
      client.text(
          "{\"type\":\"resume\",\"data\":{\"last_seq\":0,\"server_instance_id\":\""
              + greeting.getString("server_instance_id")
              + "\"}}");
      assertEquals(
          "out_of_range", client.json("resume_failed").getJsonObject("data").getString("reason"));
      client.json("initial_status");
    }
  }

  @Test
  void longInitialMetricsComeInChunksWithoutNumbers() throws Exception {
    start(TrainingOptions.DEFAULTS);
    String filler = "x".repeat(1_500);
    for (int i = 0; i < 60; i++) {
      node.publish(
          "{\"type\":\"metrics\",\"data\":{\"epoch\":" + i + ",\"p\":\"" + filler + "\"}}");
    }
    try (RawWebSocket client = greeted()) {
      client.text("{\"type\":\"pong\"}");
      client.json("initial_status");
      client.json("state");
      StringBuilder payload = new StringBuilder();
      int chunks = 1;
      for (int i = 0; i < chunks; i++) {
        JsonObject chunk = client.json("chunked_message");
        assertFalse(chunk.containsKey("seq"));
        JsonObject data = chunk.getJsonObject("data");
        assertEquals("initial_metrics", data.getString("original_type"));
        assertEquals(i, data.getInteger("chunk_index"));
        chunks = data.getInteger("total_chunks");
        payload.append(data.getString("payload"));
      }
      assertTrue(chunks > 1);
      assertEquals(
          60, new JsonObject(payload.toString()).getJsonObject("data").getInteger("count"));
    }
  }

  // ---- heartbeat ----

  @Test
  void aPingThatIsAnsweredIsFollowedByAnother() throws Exception {
    start(times(200, 10_000, 500));
    try (RawWebSocket client = fresh()) {
      for (int i = 0; i < 3; i++) {
        JsonObject ping = client.json("ping");
        assertEquals(2, ping.size());
        assertTrue(ping.getDouble("ts") > 1e9);
        client.text(i == 1 ? "no json at all" : "{\"type\":\"pong\"}");
      }
    }
  }

  @Test
  void aClientThatAnswersNoPingIsClosed() throws Exception {
    start(times(200, 1_000, 500));
    try (RawWebSocket client = fresh()) {
      client.json("ping");
      assertEquals("1011 Heartbeat timeout: no pong or traffic within 1s", client.closed());
      assertEquals(1, node.count("busbar.training.silent"));
    }
  }

  @Test
  void zeroTurnsTheHeartbeatOff() throws Exception {
    start(times(0, 1_000, 500));
    try (RawWebSocket client = fresh()) {
      node.metrics(1);
      client.json("metrics");
    }
  }

  // ---- slow clients ----

  @Test
  void aClientThatDoesNotReadIsClosedAfterItsBacklogAndHarmsNobody() throws Exception {
    start(times(30_000, 10_000, 300));
    try (RawWebSocket slow = RawWebSocket.narrow(node.training());
        RawWebSocket other = fresh()) {
      slow.json("connection_established");
      begin(slow);
      long seq = 0;
      String filler = "x".repeat(50_000);
      while (slowOnes() == 0) {
        long at = node.publish("{\"type\":\"event\",\"data\":{\"p\":\"" + filler + "\"}}").last();
        JsonObject frame = other.json("event");
        assertEquals(at, frame.getLong("seq"));
        assertTrue(at < 900, "the slow client was not noticed");
        seq = at;
      }
      node.metrics(1);
      assertEquals(seq + 1, other.json("metrics").getLong("seq"));
      // The turn that counted the slow one is over.
      assertEquals(1, node.gauge("cascor.ws.connections.active", "endpoint", "training"));
      List<Long> backlog = new ArrayList<>();
      String end = slow.closed(text -> backlog.add(new JsonObject(text).getLong("seq")));
      assertEquals("1011 Broadcast send failed or timed out", end);
      assertFalse(backlog.isEmpty());
      for (int i = 1; i < backlog.size(); i++) {
        assertEquals(backlog.get(0) + i, backlog.get(i));
      }
    }
  }

  private double slowOnes() {
    return node.count("cascor.ws.broadcast.timeout");
  }

  @Test
  void aClientThatAsksWithoutReadingIsNotServedWithoutEnd() throws Exception {
    start(times(30_000, 10_000, 500));
    try (RawWebSocket asking = RawWebSocket.narrow(node.training());
        RawWebSocket other = fresh()) {
      for (int i = 0; i < 100; i++) {
        node.metrics(i);
      }
      asking.json("connection_established");
      for (int i = 0; i < 5_000; i++) {
        asking.text("{\"type\":\"subscribe_metrics\"}");
      }
      node.metrics(100);
      for (int i = 0; i <= 100; i++) {
        assertEquals(i, other.json("metrics").getJsonObject("data").getInteger("epoch"));
      }
      // What fits into the buffers on the way, and no answer that waits in the node's memory.
      int[] answers = new int[1];
      asking.frame(0x88, new byte[] {3, (byte) 0xe8});
      asking.closed(text -> answers[0] += text.startsWith("{\"type\":\"initial_metrics") ? 1 : 0);
      assertTrue(answers[0] < 2_500, answers[0] + " of 5000 were answered");
    }
  }

  // ---- the end ----

  @Test
  void aDrainingNodeClosesAllWith1012AndTakesNobody() throws Exception {
    start(TrainingOptions.DEFAULTS);
    try (RawWebSocket active = fresh();
        RawWebSocket pending = greeted()) {
      node.drain();
      assertEquals("1012", active.closed());
      assertEquals("1012", pending.closed());
      assertEquals(403, RawWebSocket.status(node.training()));
    }
  }
}
