package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.RawWebSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dashboards on three nodes, of which one is killed and one is stopped while frames come at a
 * trainer's pace: 100 on each for 30 s in the long profile.
 */
class JuniperDashboardsIT {
  private static final int CLIENTS = Boolean.getBoolean("busbar.long") ? 100 : 15;
  private static final int FRAMES = Boolean.getBoolean("busbar.long") ? 600 : 60;
  private static final int FRAMES_PER_SECOND = 20;
  private static final long PATIENCE_MILLIS = 120_000;
  private static final String[] ROOM = {
    "--set", "training.max-connections=1000",
    "--set", "training.max-per-ip=1000",
    "--set", "http.max-websockets=1000"
  };

  @TempDir private Path directory;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Dashboard> dashboards = new ArrayList<>();
  private NodeGroup nodes;

  @BeforeEach
  void open() {
    nodes = new NodeGroup(directory, ROOM);
  }

  @AfterEach
  void close() {
    dashboards.forEach(Dashboard::close);
    nodes.close();
  }

  private NodeProcess any() {
    List<NodeProcess> alive = nodes.alive();
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
  private void publish(int epoch) {
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
      } catch (IOException lost) {
        assertTrue(System.nanoTime() < end, lost.toString());
      } catch (InterruptedException closed) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", closed);
      }
    }
  }

  @Test
  void noDashboardMissesOrRepeatsAFrameWhenNodesGo() throws Exception {
    NodeProcess first = nodes.launch("a");
    NodeProcess second = nodes.launch("b");
    NodeProcess third = nodes.launch("c");
    nodes.whole();
    for (NodeProcess node : nodes.alive()) {
      for (int i = 0; i < CLIENTS; i++) {
        dashboards.add(new Dashboard(preferring(node), FRAMES));
      }
    }
    for (Dashboard dashboard : dashboards) {
      dashboard.awaitLive();
    }
    // One frame is kept back until both are gone, so that nobody ends on a node that goes.
    try (PacedFrames frames = new PacedFrames(FRAMES_PER_SECOND, FRAMES - 1, this::publish)) {
      frames.await(FRAMES / 3);
      third.sigkill();
      frames.await(2 * FRAMES / 3);
      second.sigterm();
      frames.await(FRAMES - 1);
      Duration least = Duration.ofSeconds(1).dividedBy(FRAMES_PER_SECOND).multipliedBy(FRAMES - 2);
      assertTrue(frames.took().compareTo(least) >= 0, frames.took() + " is too fast");
    }
    assertEquals(0, second.exitCode(Duration.ofMillis(PATIENCE_MILLIS)), second::log);
    publish(FRAMES);
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
  }
}
