package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dashboards on three nodes, of which one is killed and one is stopped. */
class JuniperDashboardsIT {
  private static final int CLIENTS = Boolean.getBoolean("busbar.long") ? 100 : 15;
  private static final int FRAMES = Boolean.getBoolean("busbar.long") ? 600 : 120;
  private static final long PATIENCE_MILLIS = 120_000;
  private static final String[] ROOM = {
    "--set", "training.max-connections=1000",
    "--set", "training.max-per-ip=1000",
    "--set", "http.max-websockets=1000"
  };

  @TempDir private Path directory;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<NodeProcess> nodes = new ArrayList<>();
  private final List<Dashboard> dashboards = new ArrayList<>();

  private NodeProcess start(String name, String... more) {
    List<String> arguments = new ArrayList<>(List.of(ROOM));
    arguments.addAll(List.of(more));
    NodeProcess node = NodeProcess.start(name, directory, arguments.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  private List<NodeProcess> alive() {
    return nodes.stream().filter(NodeProcess::isAlive).toList();
  }

  private NodeProcess any() {
    List<NodeProcess> alive = alive();
    return alive.get(ThreadLocalRandom.current().nextInt(alive.size()));
  }

  private static URI socket(NodeProcess node, String path) {
    return URI.create("ws://" + node.ready().get("http") + path);
  }

  /** At that node as long as it lives, then at any other. */
  private Supplier<URI> preferring(NodeProcess node) {
    return () -> socket(node.isAlive() ? node : any(), "/ws/training");
  }

  /** With a key, at one node after the other until it is answered. */
  private void publish(int epoch) throws Exception {
    String body = "{\"type\":\"metrics\",\"data\":{\"epoch\":" + epoch + "}}";
    long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (true) {
      try {
        HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(any().http("/v1/channels/training/frames"))
                    .timeout(Duration.ofSeconds(20))
                    .header("Idempotency-Key", "epoch-" + epoch)
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          return;
        }
        assertTrue(System.nanoTime() < end, answer.body());
      } catch (java.io.IOException lost) {
        assertTrue(System.nanoTime() < end, lost.toString());
      }
    }
  }

  @Test
  void noDashboardMissesOrRepeatsAFrameWhenNodesGo() throws Exception {
    NodeProcess first = start("a");
    NodeProcess second = start("b", "--join", first.cluster());
    NodeProcess third = start("c", "--join", first.cluster());
    try {
      for (NodeProcess node : List.of(first, second, third)) {
        for (int i = 0; i < CLIENTS; i++) {
          dashboards.add(new Dashboard(preferring(node), FRAMES));
        }
      }
      for (Dashboard dashboard : dashboards) {
        dashboard.awaitLive();
      }
      for (int epoch = 1; epoch <= FRAMES; epoch++) {
        publish(epoch);
        if (epoch == FRAMES / 3) {
          third.sigkill();
        } else if (epoch == 2 * FRAMES / 3) {
          second.sigterm();
        }
      }
      List<String> shown = null;
      for (Dashboard dashboard : dashboards) {
        dashboard.awaitEnd(PATIENCE_MILLIS);
        assertEquals(List.of(), dashboard.wrong());
        shown = shown == null ? dashboard.frames() : shown;
        assertEquals(shown, dashboard.frames());
      }
      List<Integer> epochs =
          shown.stream()
              .map(text -> new JsonObject(text).getJsonObject("data").getInteger("epoch"))
              .toList();
      assertEquals(IntStream.rangeClosed(1, FRAMES).boxed().toList(), epochs);
      long moved = dashboards.stream().filter(one -> one.connections() > 1).count();
      assertTrue(moved >= 2L * CLIENTS, moved + " moved");
      try (RawWebSocket control =
          new RawWebSocket(socket(first, "/ws/control"), "Origin", "http://localhost:8050")) {
        control.json("connection_established");
        control.text("{\"command\":\"start\",\"command_id\":\"k\"}");
        JsonObject data = control.json("command_response").getJsonObject("data");
        assertEquals("Lifecycle manager not available", data.getString("error"));
      }
    } finally {
      dashboards.forEach(Dashboard::close);
      nodes.forEach(NodeProcess::close);
    }
  }
}
