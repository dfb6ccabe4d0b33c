package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.testing.ScriptedJuniperWorker.Task;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample trainer in a node: steered by commands, seen on the training stream. */
class TrainerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String XOR =
      "plugins=[{use: trainer, config: {dataset: xor, worker-wait-ms: 5000}}]";

  @TempDir private Path folder;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** A dashboard: keeps what it is told. */
  private static final class Viewer implements WebSocket.Listener {
    private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        frames.add(new JsonObject(text.toString()));
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    /** Those with a number, up to the one that ends a run. */
    List<JsonObject> run() throws InterruptedException {
      List<JsonObject> run = new ArrayList<>();
      do {
        JsonObject frame = frames.poll(60, TimeUnit.SECONDS);
        if (frame == null) {
          throw new AssertionError("nothing more came after " + run);
        }
        if (frame.containsKey("seq")) {
          run.add(frame);
        }
      } while (run.isEmpty() || !run.get(run.size() - 1).getString("type").equals("event"));
      return run;
    }

    void until(String type) throws InterruptedException {
      JsonObject frame;
      do {
        frame = frames.poll(60, TimeUnit.SECONDS);
      } while (frame != null && !type.equals(frame.getString("type")));
    }
  }

  private Viewer view(NodeProcess node) throws Exception {
    Viewer viewer = new Viewer();
    URI uri = URI.create("ws://" + node.ready().get("http") + "/ws/training");
    http.newWebSocketBuilder()
        .buildAsync(uri, viewer)
        .get(30, TimeUnit.SECONDS)
        .sendText("{\"type\":\"pong\"}", true)
        .get(30, TimeUnit.SECONDS);
    viewer.until("initial_metrics");
    return viewer;
  }

  private HttpResponse<String> command(NodeProcess node, String name, JsonObject params)
      throws Exception {
    String body = new JsonObject().put("name", name).put("params", params).encode();
    return http.send(
        HttpRequest.newBuilder(node.http("/v1/commands/training"))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private void done(NodeProcess node, String name, JsonObject params) throws Exception {
    HttpResponse<String> answer = command(node, name, params);
    assertEquals(200, answer.statusCode(), answer::body);
  }

  /** One unit of one candidate. */
  private void small(NodeProcess node) throws Exception {
    Eventually.passes(
        PATIENCE,
        node::log,
        () -> assertEquals(200, command(node, "set_params", small()).statusCode(), "set_params"));
  }

  private static JsonObject small() {
    return new JsonObject().put("candidate_pool_size", 1).put("max_hidden_units", 1);
  }

  private static JsonObject first(List<JsonObject> run, String type) {
    return run.stream()
        .filter(frame -> frame.getString("type").equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type + " in " + run))
        .getJsonObject("data");
  }

  private static int indexOf(List<JsonObject> run, String type) {
    return run.indexOf(
        run.stream().filter(frame -> frame.getString("type").equals(type)).findFirst().get());
  }

  @Test
  void aRunWithoutWorkersIsStartedByCommandAndItsFramesComeInOrderToAnyNode() throws Exception {
    String alone = XOR.replace("5000", "200");
    try (NodeProcess trains = NodeProcess.start("trains", folder, "--set", alone);
        NodeProcess shows = NodeProcess.start("shows", folder, "--join", trains.cluster())) {
      small(shows);
      Viewer viewer = view(shows);
      done(shows, "start", new JsonObject());
      List<JsonObject> run = viewer.run();

      for (int i = 0; i < run.size(); i++) {
        assertEquals(i + 1, run.get(i).getInteger("seq"), run::toString);
      }
      assertEquals("Stopped", run.get(0).getJsonObject("data").getString("status"));
      assertEquals("Started", run.get(1).getJsonObject("data").getString("status"));
      List<String> order =
          List.of("metrics", "candidate_progress", "cascade_add", "topology", "event");
      for (int i = 1; i < order.size(); i++) {
        assertTrue(indexOf(run, order.get(i - 1)) < indexOf(run, order.get(i)), run::toString);
      }
      JsonObject last = run.get(run.size() - 2).getJsonObject("data");
      assertEquals("Completed", last.getString("status"));
      assertEquals(29, last.size());
      assertEquals("training_complete", first(run, "event").getString("event"));

      assertEquals(422, command(shows, "pause", new JsonObject()).statusCode());
      done(shows, "stop", new JsonObject());
      done(shows, "reset", new JsonObject());
    }
  }

  @Test
  void candidatesAreTrainedByTheWorkersOfThePool() throws Exception {
    try (NodeProcess node = NodeProcess.start("node", folder, "--set", XOR)) {
      small(node);
      URI workers = URI.create("ws://" + node.ready().get("http") + "/ws/v1/workers");
      try (ScriptedJuniperWorker worker = ScriptedJuniperWorker.registered(workers, "w")) {
        Viewer viewer = view(node);
        done(node, "start", new JsonObject());
        Task task = worker.task();
        assertEquals(List.of(4L, 2L), task.tensors().get("candidate_input").shape());
        assertEquals(List.of(4L, 1L), task.tensors().get("residual_error").shape());
        worker.succeed(task, 1f, 1f);
        JsonObject unit =
            first(viewer.run(), "topology").getJsonArray("hidden_units").getJsonObject(0);
        assertEquals(new JsonArray().add(1.0).add(1.0), unit.getJsonArray("weights"));
        assertEquals(0.5, unit.getDouble("bias"));

        done(node, "start", new JsonObject());
        Task bad = worker.task();
        worker.answer(
            ScriptedJuniperWorker.result(bad.id(), ScriptedJuniperWorker.weights(1f)),
            ScriptedJuniperWorker.weights(1f));
        assertEquals("accepted", worker.json("result_ack").get("status"));
        JsonObject own =
            first(viewer.run(), "topology").getJsonArray("hidden_units").getJsonObject(0);
        assertEquals(2, own.getJsonArray("weights").size(), "one weight is too few: trained here");
      }
    }
  }
}
