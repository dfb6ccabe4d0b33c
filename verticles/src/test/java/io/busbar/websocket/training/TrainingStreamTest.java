package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client of one node sees. */
class TrainingStreamTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final int REPLAY = 40;
  private static JuniperNode node;

  @BeforeAll
  static void start() throws Exception {
    TrainingOptions options = TrainingOptions.DEFAULTS.withCaps(1000, 1000).withReplay(REPLAY);
    node = JuniperNode.start(CLUSTER, "a", options, ControlOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop();
    CLUSTER.close();
  }

  private long current;

  @BeforeEach
  void publishOne() throws Exception {
    current = node.publish("{\"type\":\"event\",\"data\":{\"event\":\"x\"}}").last();
  }

  private static RawWebSocket greeted() throws Exception {
    RawWebSocket client = new RawWebSocket(node.training());
    client.json("connection_established");
    return client;
  }

  /** One that has been told the present state. */
  private static RawWebSocket fresh() throws Exception {
    RawWebSocket client = greeted();
    client.text("{\"type\":\"pong\"}");
    client.json("initial_status");
    client.json("state");
    client.json("initial_metrics");
    return client;
  }

  private static String instance() throws Exception {
    try (RawWebSocket client = new RawWebSocket(node.training())) {
      return client.json().getJsonObject("data").getString("server_instance_id");
    }
  }

  private static String resume(Object lastSeq, String instance) {
    return new JsonObject()
        .put("type", "resume")
        .put("data", new JsonObject().put("last_seq", lastSeq).put("server_instance_id", instance))
        .encode();
  }

  // ---- greeting and fresh sequence ----

  @Test
  void theGreetingNamesConnectionsInstanceAndCapacity() throws Exception {
    try (RawWebSocket first = new RawWebSocket(node.training());
        RawWebSocket second = new RawWebSocket(node.training())) {
      JsonObject one = first.json("connection_established");
      JsonObject two = second.json("connection_established").getJsonObject("data");
      assertTrue(one.getDouble("timestamp") > 1e9);
      assertEquals(REPLAY, two.getInteger("replay_buffer_capacity"));
      assertEquals(
          one.getJsonObject("data").getInteger("connections") + 1, two.getInteger("connections"));
      assertEquals(
          one.getJsonObject("data").getString("server_instance_id"),
          two.getString("server_instance_id"));
      assertTrue(
          two.getString("server_instance_id").matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
      assertTrue(two.getValue("server_start_time") instanceof Double);
    }
  }

  @Test
  void aNewClientIsToldStatusThenStateThenMetrics() throws Exception {
    node.publish("{\"type\":\"state\",\"data\":{\"status\":\"Started\",\"phase\":\"Output\"}}");
    long last = node.metrics(7).last();
    try (RawWebSocket client = greeted()) {
      client.text("{\"type\":\"pong\"}");
      JsonObject status = client.json("initial_status");
      assertFalse(status.containsKey("timestamp"));
      JsonObject data = status.getJsonObject("data");
      assertEquals("STARTED", data.getJsonObject("state_machine").getString("status"));
      assertTrue(data.getBoolean("network_loaded"));
      assertTrue(data.getBoolean("training_active"));
      JsonObject state = client.json("state");
      assertEquals(29, state.getJsonObject("data").size());
      assertEquals("Started", state.getJsonObject("data").getString("status"));
      assertFalse(state.containsKey("seq"));
      JsonObject metrics = client.json("initial_metrics").getJsonObject("data");
      assertEquals(last, metrics.getLong("current_seq"));
      assertEquals(metrics.getJsonArray("metrics").size(), metrics.getInteger("count"));
      int count = metrics.getInteger("count");
      assertEquals(7, metrics.getJsonArray("metrics").getJsonObject(count - 1).getInteger("epoch"));
      node.metrics(8);
      assertEquals(last + 1, client.json("metrics").getLong("seq"));
    }
  }

  @Test
  void whoSaysNothingBeginsAfterTheTimeout() throws Exception {
    TrainingOptions.Times times = TrainingOptions.Times.DEFAULTS;
    assertEquals(5, times.resume().toSeconds());
    try (RawWebSocket client = greeted()) {
      client.json("initial_status");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "[]", "{}", "7", "{\"type\":\"subscribe_metrics\"}", "{"})
  void anyFirstTextBegins(String text) throws Exception {
    try (RawWebSocket client = greeted()) {
      client.text(text);
      client.json("initial_status");
      client.json("state");
      client.json("initial_metrics");
      node.metrics(1);
      client.json("metrics");
    }
  }

  @Test
  void aBinaryFirstFrameBeginsToo() throws Exception {
    try (RawWebSocket client = greeted()) {
      client.frame(0x82, new byte[] {1});
      client.json("initial_status");
    }
  }

  @Test
  void aPendingClientGetsNoBroadcasts() throws Exception {
    try (RawWebSocket active = fresh();
        RawWebSocket pending = greeted()) {
      node.metrics(1);
      active.json("metrics");
      pending.text("{\"type\":\"pong\"}");
      pending.json("initial_status");
    }
  }

  // ---- broadcasts ----

  @Test
  void numbersAreConsecutiveForAllClients() throws Exception {
    try (RawWebSocket one = fresh();
        RawWebSocket two = fresh()) {
      for (int i = 1; i <= 30; i++) {
        node.metrics(i);
      }
      for (int i = 1; i <= 30; i++) {
        JsonObject frame = one.json("metrics");
        assertEquals(current + i, frame.getLong("seq"));
        assertEquals(frame, two.json("metrics"));
        assertTrue(frame.getValue("emitted_at_monotonic") instanceof Double);
      }
    }
  }

  @Test
  void framesOfOneAppendGoInOneWrite() throws Exception {
    try (RawWebSocket client = fresh()) {
      double sent = node.count("busbar.training.sent");
      double writes = node.count("busbar.training.writes");
      List<String> burst = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        burst.add("{\"type\":\"metrics\",\"data\":{\"epoch\":" + i + "}}");
      }
      node.publish(burst);
      for (int i = 0; i < 10; i++) {
        assertEquals(i, client.json("metrics").getJsonObject("data").getInteger("epoch"));
      }
      assertEquals(10, node.count("busbar.training.sent") - sent);
      assertEquals(1, node.count("busbar.training.writes") - writes);
    }
  }

  @Test
  void aLongMessageComesInChunks() throws Exception {
    try (RawWebSocket client = fresh()) {
      String big = "y".repeat(70_000);
      node.publish("{\"type\":\"topology\",\"data\":{\"p\":\"" + big + "\"}}");
      StringBuilder payload = new StringBuilder();
      for (int i = 0; i < 3; i++) {
        JsonObject chunk = client.json("chunked_message");
        assertEquals(current + 1 + i, chunk.getLong("seq"));
        JsonObject data = chunk.getJsonObject("data");
        assertEquals(i, data.getInteger("chunk_index"));
        assertEquals(3, data.getInteger("total_chunks"));
        assertEquals("topology", data.getString("original_type"));
        payload.append(data.getString("payload"));
      }
      JsonObject joined = new JsonObject(payload.toString());
      assertEquals(big, joined.getJsonObject("data").getString("p"));
      assertFalse(joined.containsKey("seq"));
    }
  }

  // ---- resume ----

  @Test
  void resumeReplaysExactlyWhatWasMissedAndThenGoesOn() throws Exception {
    List<JsonObject> seen = new ArrayList<>();
    try (RawWebSocket client = fresh()) {
      for (int i = 1; i <= 6; i++) {
        node.metrics(i);
        seen.add(client.json("metrics"));
      }
    }
    long from = seen.get(2).getLong("seq");
    try (RawWebSocket client = greeted()) {
      client.text(resume(from, instance()));
      JsonObject ok = client.json("resume_ok");
      assertEquals(3, ok.getJsonObject("data").getInteger("replayed_count"));
      assertTrue(ok.getDouble("timestamp") > 1e9);
      for (int i = 3; i < 6; i++) {
        assertEquals(seen.get(i), client.json());
      }
      node.metrics(7);
      assertEquals(from + 4, client.json("metrics").getLong("seq"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"resume\"}",
        "{\"type\":\"resume\",\"data\":null}",
        "{\"type\":\"resume\",\"data\":[]}",
        "{\"type\":\"resume\",\"data\":{}}",
        "{\"type\":\"resume\",\"data\":{\"last_seq\":1}}",
        "{\"type\":\"resume\",\"data\":{\"server_instance_id\":\"x\"}}",
        "{\"type\":\"resume\",\"data\":{\"last_seq\":null,\"server_instance_id\":\"x\"}}",
        "{\"type\":\"resume\",\"data\":{\"last_seq\":\"1\",\"server_instance_id\":\"x\"}}",
        "{\"type\":\"resume\",\"data\":{\"last_seq\":false,\"server_instance_id\":\"x\"}}"
      })
  void anIncompleteResumeIsMalformed(String text) throws Exception {
    assertRefused(text, "malformed_resume");
  }

  @Test
  void anotherInstanceMeansARestart() throws Exception {
    assertRefused(resume(0, "6f0d2c1e-8d5b-4a3e-9a54-0f6b6f2f9b11"), "server_restarted");
  }

  @Test
  void whatIsNotKeptIsOutOfRange() throws Exception {
    for (int i = 0; i < REPLAY + 5; i++) {
      node.metrics(i);
    }
    long newest = current + REPLAY + 5;
    assertRefused(resume(newest - REPLAY - 1, instance()), "out_of_range");
    try (RawWebSocket client = greeted()) {
      client.text(resume(newest - REPLAY, instance()));
      assertEquals(
          REPLAY, client.json("resume_ok").getJsonObject("data").getInteger("replayed_count"));
      assertEquals(newest - REPLAY + 1, client.json().getLong("seq"));
    }
  }

  @Test
  void aNumberOfTheFutureReplaysNothing() throws Exception {
    try (RawWebSocket client = greeted()) {
      client.text(resume(1L << 40, instance()));
      assertEquals(0, client.json("resume_ok").getJsonObject("data").getInteger("replayed_count"));
      node.metrics(1);
      assertEquals(current + 1, client.json("metrics").getLong("seq"));
    }
  }

  private static void assertRefused(String resume, String reason) throws Exception {
    try (RawWebSocket client = greeted()) {
      client.text(resume);
      assertEquals(reason, client.json("resume_failed").getJsonObject("data").getString("reason"));
      client.json("initial_status");
      client.json("state");
      client.json("initial_metrics");
    }
  }

  @Test
  void aSecondResumeIsIgnored() throws Exception {
    String instance = instance();
    try (RawWebSocket client = fresh()) {
      client.text(resume(0, instance));
      node.metrics(1);
      client.json("metrics");
    }
  }

  // ---- what clients say later ----

  @ParameterizedTest
  @ValueSource(ints = {-5, 1, 3, 1000})
  void subscribeMetricsGivesSoManyRows(int wanted) throws Exception {
    for (int i = 0; i < 4; i++) {
      node.metrics(i);
    }
    try (RawWebSocket client = fresh()) {
      client.text("{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":" + wanted + "}}");
      int count = client.json("initial_metrics").getJsonObject("data").getInteger("count");
      if (wanted == 1000) {
        assertTrue(count >= 4, "" + count);
      } else {
        assertEquals(Math.max(1, wanted), count);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"subscribe_metrics\"}",
        "{\"type\":\"subscribe_metrics\",\"data\":null}",
        "{\"type\":\"subscribe_metrics\",\"data\":[]}",
        "{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":\"x\"}}",
        "{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":NaN}}",
        "{\"type\":\"subscribe_metrics\",\"data\":{\"max_count\":Infinity}}"
      })
  void withoutANumberItGivesAllThatItHas(String text) throws Exception {
    for (int i = 0; i < 4; i++) {
      node.metrics(i);
    }
    try (RawWebSocket client = fresh()) {
      client.text(text);
      assertTrue(client.json("initial_metrics").getJsonObject("data").getInteger("count") >= 4);
    }
  }

  @Test
  void whatIsPublishedWithoutANumberIsNullAndOfEqualKeysTheLastCounts() throws Exception {
    try (RawWebSocket client = fresh()) {
      node.publish(
          "{\"type\":\"x\",\"type\":\"metrics\",\"data\":{\"loss\":NaN,\"a\":-Infinity,\"b\":1,\"b\":2}}");
      JsonObject data = client.json("metrics").getJsonObject("data");
      assertEquals(new JsonObject().putNull("loss").putNull("a").put("b", 2), data);
    }
  }

  @Test
  void otherTextsAreIgnored() throws Exception {
    try (RawWebSocket client = fresh()) {
      for (String text : List.of("", "x", "[]", "{\"type\":7}", "{\"type\":\"resume\"}")) {
        client.text(text);
      }
      client.frame(0x82, new byte[100]);
      node.metrics(1);
      client.json("metrics");
    }
  }
}
