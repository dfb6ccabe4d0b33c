package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.JuniperPeers;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonProcess;
import io.busbar.juniper.BinaryFrame;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.WorkerFrames;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Workers of the real packages at a node: a stock juniper-cascor-worker with stand-ins for torch
 * and the trainer, and a worker that checks all it gets with juniper-cascor-protocol. Needs what
 * {@link JuniperPeers} needs. Profile {@code juniper-peers}.
 */
@Tag("juniper-peers")
class JuniperPythonPeerIT {
  private static final long RUN_SECONDS = 120;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int ROWS = 40_000;
  private static final String TASK =
      "{\"candidate_data\":{\"input_size\":2,\"activation_name\":\"Tanh\","
          + "\"candidate_uuid\":\"3a7b9c50-3e57-4b56-8f10-9be0c3d0d0a1\"},"
          + "\"training_params\":{\"epochs\":7},\"tensors\":{"
          + "\"candidate_input\":{\"data\":[[1,10],[3,30]]},"
          + "\"y\":{\"data\":[[0],[1]]},\"residual_error\":{\"data\":[[0.5],[1.5]]}}}";

  @TempDir static Path folder;

  private static JuniperPeers peers;
  private static NodeProcess node;
  private static NodeProcess workersNode;

  @BeforeAll
  static void installPeersAndStartNode() throws Exception {
    peers = JuniperPeers.install(folder);
    node = NodeProcess.start("node", folder);
    workersNode = NodeProcess.start("workers", folder, "--join", node.cluster());
  }

  @AfterAll
  static void stop() {
    for (NodeProcess each : new NodeProcess[] {workersNode, node}) {
      if (each != null) {
        each.close();
      }
    }
  }

  private static String endpoint() {
    return "ws://" + workersNode.ready().get("http") + "/ws/v1/workers";
  }

  /** At the node that has no worker of its own. */
  private static CompletableFuture<HttpResponse<String>> call() {
    return node.callAsync(
        "juniper", TASK, Map.of("content-type", "application/json", "busbar-timeout", "80s"));
  }

  @Test
  void aStockWorkerRegistersAndDoesTasksGivenToAnotherNode() throws Exception {
    try (PythonProcess worker = peers.worker(endpoint())) {
      Eventually.passes(
          PATIENCE,
          worker::log,
          () ->
              assertTrue(node.get(node.http("/v1/workers")).body().contains("\"torch_version\"")));
      for (int task = 0; task < 3; task++) {
        HttpResponse<String> answer = call().get(RUN_SECONDS, TimeUnit.SECONDS);
        String shown = answer.body() + "\n" + worker.log();
        assertEquals(200, answer.statusCode(), shown);
        JsonObject result = new JsonObject(answer.body());
        assertTrue(result.getBoolean("success"), shown);
        assertEquals(7, result.getInteger("epochs_completed"));
        assertEquals("Tanh", result.getString("activation_name"));
        JsonObject tensors = result.getJsonObject("tensors");
        assertEquals(
            List.of("weights", "bias", "norm_output", "norm_error"),
            List.copyOf(tensors.fieldNames()));
        // The stand-in answers with the means of what it got: 2 and 20, and 1.
        assertEquals("AAAAQAAAoEE=", tensors.getJsonObject("weights").getString("data"));
        assertEquals("AACAPw==", tensors.getJsonObject("bias").getString("data"));
      }
    }
    Eventually.passes(
        PATIENCE,
        node::log,
        () ->
            assertTrue(
                new JsonObject(node.get(node.http("/v1/workers")).body())
                    .getJsonArray("workers")
                    .isEmpty()));
  }

  @Test
  void aStockWorkerDoesATaskThatIsSentToItWhileTheBodyComes() throws Exception {
    byte[] body = largeTask();
    int half = body.length / 2;
    try (PythonProcess worker = peers.worker(endpoint());
        PipedOutputStream rest = new PipedOutputStream();
        PipedInputStream sent = new PipedInputStream(rest, body.length)) {
      HttpRequest request =
          HttpRequest.newBuilder(node.http("/v1/pools/juniper/calls"))
              .timeout(Duration.ofSeconds(RUN_SECONDS))
              .header("content-type", "multipart/form-data; boundary=cut")
              .header("busbar-timeout", "80s")
              .POST(HttpRequest.BodyPublishers.ofInputStream(() -> sent))
              .build();
      CompletableFuture<HttpResponse<String>> call =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .build()
              .sendAsync(request, HttpResponse.BodyHandlers.ofString());
      rest.write(body, 0, half);
      rest.flush();
      Eventually.passes(
          PATIENCE,
          worker::log,
          () ->
              assertTrue(
                  workersNode
                      .get(workersNode.http("/v1/workers"))
                      .body()
                      .contains("\"running_tasks\":1")));
      rest.write(body, half, body.length - half);
      rest.close();
      HttpResponse<String> answer = call.get(RUN_SECONDS, TimeUnit.SECONDS);
      assertEquals(200, answer.statusCode(), answer.body() + "\n" + worker.log());
      JsonObject tensors = new JsonObject(answer.body()).getJsonObject("tensors");
      assertEquals("AAAAQAAAoEE=", tensors.getJsonObject("weights").getString("data"));
      assertEquals("AACAPw==", tensors.getJsonObject("bias").getString("data"));
    }
  }

  /** Its part {@code task} declares the tensors, so the first one goes out before the last came. */
  private static byte[] largeTask() throws IOException {
    float[] input = new float[2 * ROWS];
    float[] residual = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      input[2 * i] = 2;
      input[2 * i + 1] = 20;
      residual[i] = 1;
    }
    Map<String, BinaryFrame> tensors = new LinkedHashMap<>();
    tensors.put("candidate_input", BinaryFrame.ofFloats(List.of(ROWS, 2), input));
    tensors.put("residual_error", BinaryFrame.ofFloats(List.of(ROWS, 1), residual));
    JsonObject task =
        new JsonObject()
            .put("candidate_data", new JsonObject().put("input_size", 2))
            .put("training_params", new JsonObject().put("epochs", 7))
            .put(
                "tensor_manifest",
                new JsonObject(JuniperJson.write(WorkerFrames.manifest(tensors))));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    part(body, "task", task.toBuffer().getBytes());
    for (Map.Entry<String, BinaryFrame> tensor : tensors.entrySet()) {
      ByteBuffer bytes = tensor.getValue().encode();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      part(body, tensor.getKey(), copy);
    }
    body.write("--cut--\r\n".getBytes(StandardCharsets.US_ASCII));
    return body.toByteArray();
  }

  private static void part(ByteArrayOutputStream body, String name, byte[] content)
      throws IOException {
    String head = "--cut\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n";
    body.write(head.getBytes(StandardCharsets.US_ASCII));
    body.write(content);
    body.write("\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void everyFrameToAWorkerPassesTheProtocolsOwnCheck() throws Exception {
    CompletableFuture<HttpResponse<String>> call = call();
    JsonObject seen =
        new JsonObject(peers.script(RUN_SECONDS, "juniper_checked_worker.py", endpoint()));
    assertEquals(
        new JsonArray(
            List.of(
                "connection_established",
                "registration_ack",
                "task_assign",
                "heartbeat",
                "result_ack",
                "error")),
        seen.getJsonArray("seen"));
    assertEquals("accepted", seen.getString("status"));
    assertEquals("Invalid JSON", seen.getString("error"));
    assertEquals(
        List.of("candidate_input", "y", "residual_error"),
        List.copyOf(seen.getJsonObject("tensors").fieldNames()));
    JsonObject result = new JsonObject(call.get(RUN_SECONDS, TimeUnit.SECONDS).body());
    assertEquals(0.5, result.getDouble("correlation"));
    assertEquals(null, result.getValue("numerator"));
  }
}
