package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Figures of the training stream, over HTTP and as meters. */
class TransportTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static JuniperNode node;

  @BeforeAll
  static void start() throws Exception {
    node =
        JuniperNode.start(
            CLUSTER,
            "a",
            TrainingOptions.DEFAULTS.withCaps(1000, 1000).withReplay(50),
            ControlOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    node.stop();
    CLUSTER.close();
  }

  private static JsonObject transport() throws Exception {
    return transport(node);
  }

  private static JsonObject transport(JuniperNode at) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(at.http("/v1/metrics/transport")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    JsonObject document = new JsonObject(answer.body());
    assertEquals("success", document.getString("status"));
    return document.getJsonObject("data");
  }

  private static RawWebSocket fresh() throws Exception {
    RawWebSocket client = new RawWebSocket(node.training());
    client.json("connection_established");
    client.text("{\"type\":\"pong\"}");
    client.json("initial_status");
    client.json("state");
    client.json("initial_metrics");
    return client;
  }

  private static long sent(JsonObject transport, String type) {
    return transport.getJsonObject("messages_sent_by_type").getLong(type, 0L);
  }

  @Test
  void theReportSaysWhatWasSentToHowMany() throws Exception {
    JsonObject before = transport();
    try (RawWebSocket one = fresh();
        RawWebSocket two = fresh()) {
      node.metrics(1);
      node.publish("{\"type\":\"strange\"}");
      long last =
          node.publish("{\"type\":\"topology\",\"data\":{\"p\":\"" + "z".repeat(70_000) + "\"}}")
              .last();
      for (RawWebSocket client : new RawWebSocket[] {one, two}) {
        client.json("metrics");
        client.json("strange");
        client.json("chunked_message");
        client.json("chunked_message");
        client.json("chunked_message");
      }
      JsonObject after = transport();
      assertEquals(2, after.getInteger("active_connections"));
      assertEquals(last, after.getLong("current_seq"));
      assertEquals(1, sent(after, "metrics") - sent(before, "metrics"));
      assertEquals(1, sent(after, "other") - sent(before, "other"));
      assertEquals(3, sent(after, "chunked_message") - sent(before, "chunked_message"));
      assertEquals(
          1, after.getLong("messages_chunked_total") - before.getLong("messages_chunked_total"));
      assertEquals(0, after.getLong("send_failures"));
      assertEquals(50, after.getLong("replay_buffer_capacity"));
      assertTrue(
          node.meters
                  .get("cascor.ws.broadcast.send.duration")
                  .tag("type", "metrics")
                  .timer()
                  .count()
              > 0);
    }
  }

  @Test
  void theNumbersAreTheChannelsAlsoWhereNobodyWatches() throws Exception {
    JuniperNode other =
        JuniperNode.start(
            CLUSTER, "b", TrainingOptions.DEFAULTS.withReplay(50), ControlOptions.DEFAULTS);
    try {
      long last = 0;
      for (int i = 0; i < 60; i++) {
        last = node.metrics(i).last();
      }
      JsonObject shown = transport(other);
      assertEquals(0, shown.getInteger("active_connections"));
      assertEquals(last, shown.getLong("current_seq"));
      assertEquals(50, shown.getLong("replay_buffer_occupancy"));
    } finally {
      other.stop();
      other.leave();
    }
  }

  @Test
  void aRefusedMessageIsCountedAndTakesNoNumber() throws Exception {
    long last = node.metrics(1).last();
    long before = transport().getLong("unserializable_messages_total");
    for (String bad : new String[] {"{", "[]", "{\"type\":7}", "{\"type\":\"state\",\"data\":7}"}) {
      ExecutionException refused = assertThrows(ExecutionException.class, () -> node.publish(bad));
      assertEquals(FailureCode.UNPROCESSABLE, Failure.of(refused.getCause()).code());
    }
    assertEquals(before + 4, transport().getLong("unserializable_messages_total"));
    assertEquals(1, node.count("cascor.ws.unserializable.messages", "type", "state"));
    assertEquals(last + 1, node.metrics(2).last());
  }
}
