package io.busbar.websocket.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.control.ControlOptions;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client that goes on at another node. */
class TrainingOnTwoNodesTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final int FRAMES = 300;
  private static JuniperNode a;
  private static JuniperNode b;

  @BeforeAll
  static void start() throws Exception {
    TrainingOptions options = TrainingOptions.DEFAULTS.withCaps(1000, 1000);
    a = JuniperNode.start(CLUSTER, "a", options, ControlOptions.DEFAULTS);
    b = JuniperNode.start(CLUSTER, "b", options, ControlOptions.DEFAULTS);
  }

  @AfterAll
  static void stop() throws Exception {
    a.stop();
    b.stop();
    CLUSTER.close();
  }

  private static JsonObject greeting(RawWebSocket client) throws Exception {
    return client.json("connection_established").getJsonObject("data");
  }

  /** Begins, and gives the number of the last frame before. */
  private static long begin(RawWebSocket client) throws Exception {
    client.text("{\"type\":\"pong\"}");
    client.json("initial_status");
    client.json("state");
    return client.json("initial_metrics").getJsonObject("data").getLong("current_seq");
  }

  private static String resume(long lastSeq, String instance) {
    return new JsonObject()
        .put("type", "resume")
        .put("data", new JsonObject().put("last_seq", lastSeq).put("server_instance_id", instance))
        .encode();
  }

  @Test
  void bothNodesShowTheSameFramesUnderTheSameInstance() throws Exception {
    try (RawWebSocket here = new RawWebSocket(a.training());
        RawWebSocket there = new RawWebSocket(b.training())) {
      assertEquals(
          greeting(here).getString("server_instance_id"),
          greeting(there).getString("server_instance_id"));
      begin(here);
      begin(there);
      a.metrics(1);
      b.publish("{\"type\":\"topology\",\"data\":{\"p\":\"" + "z".repeat(70_000) + "\"}}");
      for (int i = 0; i < 4; i++) {
        assertEquals(here.json(), there.json());
      }
    }
  }

  @Test
  void aClientResumesOnTheOtherNodeWithTheSameFrames() throws Exception {
    List<JsonObject> missed = new ArrayList<>();
    try (RawWebSocket left = new RawWebSocket(a.training());
        RawWebSocket stays = new RawWebSocket(a.training())) {
      String instance = greeting(left).getString("server_instance_id");
      greeting(stays);
      long last = begin(left);
      begin(stays);
      left.close();
      a.metrics(1);
      a.publish("{\"type\":\"topology\",\"data\":{\"p\":\"" + "z".repeat(70_000) + "\"}}");
      for (int i = 0; i < 4; i++) {
        missed.add(stays.json());
      }
      try (RawWebSocket back = new RawWebSocket(b.training())) {
        greeting(back);
        back.text(resume(last, instance));
        assertEquals(4, back.json("resume_ok").getJsonObject("data").getInteger("replayed_count"));
        for (JsonObject frame : missed) {
          assertEquals(frame, back.json());
        }
      }
    }
  }

  @Test
  void aClientThatHopsBetweenNodesLosesNothingAndGetsNothingTwice() throws Exception {
    String instance;
    long last;
    try (RawWebSocket client = new RawWebSocket(a.training())) {
      instance = greeting(client).getString("server_instance_id");
      last = begin(client);
    }
    long end = last + FRAMES;
    CompletableFuture<Void> published =
        CompletableFuture.runAsync(
            () -> {
              try {
                for (int i = 0; i < FRAMES; i++) {
                  (i % 2 == 0 ? a : b).metrics(i);
                }
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    int hops = 0;
    while (last < end) {
      JuniperNode node = hops++ % 2 == 0 ? b : a;
      try (RawWebSocket client = new RawWebSocket(node.training())) {
        greeting(client);
        client.text(resume(last, instance));
        client.json("resume_ok");
        for (int i = 0; i < 17 && last < end; i++) {
          assertEquals(++last, client.json("metrics").getLong("seq"));
        }
      }
    }
    published.get();
    assertTrue(hops > 10, hops + " hops");
  }

  @Test
  void theStatusOverHttpIsWhereAStreamCanBeTakenUp() throws Exception {
    a.publish("{\"type\":\"state\",\"data\":{\"status\":\"Paused\",\"phase\":\"Output\"}}");
    long last = a.metrics(1).last();
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(b.http("/v1/training/status")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertEquals(200, answer.statusCode(), answer.body());
    JsonObject data = new JsonObject(answer.body()).getJsonObject("data");
    assertEquals(last, data.getLong("snapshot_seq"));
    assertEquals("Paused", data.getJsonObject("training_state").getString("status"));
    a.metrics(2);
    try (RawWebSocket client = new RawWebSocket(b.training())) {
      greeting(client);
      client.text(resume(last, data.getString("server_instance_id")));
      client.json("resume_ok");
      assertEquals(last + 1, client.json("metrics").getLong("seq"));
    }
  }
}
