package io.busbar.websocket.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.busbar.testing.ClusterNodes;
import io.busbar.testing.JuniperNode;
import io.busbar.testing.RawWebSocket;
import io.busbar.websocket.training.TrainingOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may connect to the control endpoint, for how long, and how it ends. */
class ControlGatesTest {
  private static final ClusterNodes CLUSTER = new ClusterNodes();
  private static final String ORIGIN = "Origin";
  private static final String LOCAL = "http://localhost:8050";
  private static final String KEY = "X-API-Key";
  private JuniperNode node;

  @AfterAll
  static void closeCluster() throws Exception {
    CLUSTER.close();
  }

  @AfterEach
  void stop() throws Exception {
    node.stop();
    node.leave();
  }

  private void start(ControlOptions options) throws Exception {
    node = JuniperNode.start(CLUSTER, "n", TrainingOptions.DEFAULTS, options);
  }

  private static ControlOptions times(long heartbeat, long pong, long idle) {
    return ControlOptions.DEFAULTS.with(
        new ControlOptions.Times(
            Duration.ofMillis(heartbeat),
            Duration.ofMillis(pong),
            Duration.ofMillis(idle),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1)));
  }

  private int status(String... headers) throws Exception {
    return RawWebSocket.status(node.control(), headers);
  }

  private double refused(String reason) {
    return node.count("busbar.control.refused", "reason", reason);
  }

  private RawWebSocket connected(String... headers) throws Exception {
    RawWebSocket client = new RawWebSocket(node.control(), headers);
    client.json("connection_established");
    return client;
  }

  // ---- gates ----

  @Test
  void theKillSwitchRefusesAll() throws Exception {
    start(ControlOptions.DEFAULTS.withEnabled(false));
    assertEquals(403, status(ORIGIN, LOCAL));
    assertEquals(1, refused("disabled"));
  }

  @Test
  void anOriginThatIsMissingOrNotListedIsRefused() throws Exception {
    start(ControlOptions.DEFAULTS);
    assertEquals(403, status());
    assertEquals(403, status(ORIGIN, "http://localhost:8051"));
    assertEquals(403, status(ORIGIN, "null"));
    assertEquals(101, status(ORIGIN, "HTTP://LocalHost:8050/"));
    assertEquals(101, status(ORIGIN, "https://127.0.0.1:8050"));
    assertEquals(3, refused("origin"));
  }

  @Test
  void anEmptyListTakesAnyOriginAndNone() throws Exception {
    start(ControlOptions.DEFAULTS.with(ControlOptions.Gates.DEFAULTS.withOrigins()));
    assertEquals(101, status());
    assertEquals(101, status(ORIGIN, "http://elsewhere"));
  }

  @Test
  void theKeyIsLookedAtBeforeTheOrigin() throws Exception {
    start(ControlOptions.DEFAULTS.with(ControlOptions.Gates.DEFAULTS.withApiKeys("right-key")));
    assertEquals(403, status(KEY, "wrong", ORIGIN, "http://elsewhere"));
    assertEquals(1, refused("key"));
    assertEquals(403, status(KEY, "right-key", ORIGIN, "http://elsewhere"));
    assertEquals(1, refused("origin"));
    assertEquals(101, status(KEY, "right-key", ORIGIN, LOCAL));
  }

  @Test
  void tenRejectionsShutAnAddressOutAlsoWithAGoodOrigin() throws Exception {
    start(ControlOptions.DEFAULTS);
    for (int i = 0; i < 10; i++) {
      assertEquals(403, status());
    }
    assertEquals(403, status(ORIGIN, LOCAL));
    assertEquals(10, refused("origin"));
    assertEquals(1, refused("cooldown"));
  }

  @Test
  void wrongKeysAreRejectionsAndOtherRefusalsAreNone() throws Exception {
    start(ControlOptions.DEFAULTS.with(ControlOptions.Gates.DEFAULTS.withApiKeys("right-key")));
    List<RawWebSocket> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(connected(ORIGIN, LOCAL, KEY, "right-key"));
    }
    for (int i = 0; i < 9; i++) {
      assertEquals(403, status(ORIGIN, LOCAL, KEY, "wrong"));
      assertEquals(403, status(ORIGIN, LOCAL, KEY, "right-key"));
    }
    assertEquals(9, refused("key"));
    assertEquals(9, refused("identity"));
    assertEquals(
        0, node.meters.find("busbar.control.refused").tag("reason", "cooldown").counters().size());
    assertEquals(403, status(ORIGIN, LOCAL));
    assertEquals(403, status(ORIGIN, LOCAL, KEY, "right-key"));
    assertEquals(1, refused("cooldown"));
    for (RawWebSocket client : clients) {
      client.close();
    }
  }

  @Test
  void aKeyHasSoManyConnectionsAndNoKeyHasNoSuchCap() throws Exception {
    start(ControlOptions.DEFAULTS);
    List<RawWebSocket> clients = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clients.add(connected(ORIGIN, LOCAL, KEY, "one"));
    }
    assertEquals(403, status(ORIGIN, LOCAL, KEY, "one"));
    assertEquals(1, refused("identity"));
    clients.add(connected(ORIGIN, LOCAL, KEY, "two"));
    for (int i = 0; i < 6; i++) {
      clients.add(connected(ORIGIN, LOCAL));
    }
    RawWebSocket gone = clients.remove(0);
    gone.frame(0x88, new byte[] {3, (byte) 0xe8});
    gone.closed();
    clients.add(connected(ORIGIN, LOCAL, KEY, "one"));
    for (RawWebSocket client : clients) {
      client.close();
    }
  }

  // ---- without a trainer ----

  @Test
  void withoutATrainerTheAnswerSaysSo() throws Exception {
    start(ControlOptions.DEFAULTS);
    try (RawWebSocket client = connected(ORIGIN, LOCAL)) {
      client.text("{\"command\":\"start\",\"command_id\":\"k\"}");
      JsonObject data = client.json("command_response").getJsonObject("data");
      assertEquals("Lifecycle manager not available", data.getString("error"));
      assertEquals("k", data.getString("command_id"));
    }
  }

  // ---- time ----

  @Test
  void aSilentClientIsClosedAsIdle() throws Exception {
    start(times(0, 1_000, 500));
    try (RawWebSocket client = connected(ORIGIN, LOCAL)) {
      assertEquals("1000 Idle timeout", client.closed());
    }
  }

  @Test
  void aClientThatAnswersNoPingIsClosed() throws Exception {
    start(times(200, 1_000, 0));
    try (RawWebSocket client = connected(ORIGIN, LOCAL)) {
      client.json("ping");
      assertEquals("1011 Heartbeat timeout: no pong or traffic within 1s", client.closed());
    }
  }

  @Test
  void aClientThatFloodsWithoutReadingIsNotReadAnyMoreAndHarmsNobody() throws Exception {
    start(times(500, 1_000, 0));
    try (RawWebSocket flood = RawWebSocket.narrow(node.control(), ORIGIN, LOCAL);
        RawWebSocket other = connected(ORIGIN, LOCAL)) {
      String fill = "x".repeat(20_000);
      Thread writer = writer(flood, "{\"command\":\"" + fill + "\"}");
      for (int i = 0; i < 3; i++) {
        other.json("ping");
        other.text("{\"command\":\"nonsense\",\"command_id\":\"k" + i + "\"}");
        JsonObject message = other.json();
        while (message.getString("type").equals("ping")) {
          message = other.json();
        }
        assertEquals("k" + i, message.getJsonObject("data").getString("command_id"));
      }
      flood.close();
      writer.join();
    }
  }

  /** Writes until it is told that nobody listens any more. */
  private static Thread writer(RawWebSocket client, String text) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 10_000; i++) {
                  client.text(text);
                }
              } catch (java.io.IOException closed) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void aDrainingNodeClosesWith1012AndTakesNobody() throws Exception {
    start(ControlOptions.DEFAULTS);
    try (RawWebSocket client = connected(ORIGIN, LOCAL)) {
      node.drain();
      assertEquals("1012", client.closed());
      assertEquals(403, status(ORIGIN, LOCAL));
    }
  }
}
