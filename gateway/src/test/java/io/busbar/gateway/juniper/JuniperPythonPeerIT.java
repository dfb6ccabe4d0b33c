package io.busbar.gateway.juniper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
 * The real packages against a node: a stock juniper-cascor-worker with stand-ins for torch and the
 * trainer, and a worker that checks all it gets with juniper-cascor-protocol. Needs Python 3.12 or
 * newer with venv, as {@code python3.12} or a newer one on the path, or named by
 * BUSBAR_PEER_PYTHON; installs the rest into the build folder. Profile {@code juniper-peers}.
 */
@Tag("juniper-peers")
class JuniperPythonPeerIT {
  private static final Path SCRIPTS = Path.of("src/test/python").toAbsolutePath();
  private static final Path VENV = Path.of("target/juniper-peers").toAbsolutePath();
  private static final long INSTALL_SECONDS = 900;
  private static final long RUN_SECONDS = 120;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final String TASK =
      "{\"candidate_data\":{\"input_size\":2,\"activation_name\":\"Tanh\","
          + "\"candidate_uuid\":\"3a7b9c50-3e57-4b56-8f10-9be0c3d0d0a1\"},"
          + "\"training_params\":{\"epochs\":7},\"tensors\":{"
          + "\"candidate_input\":{\"data\":[[1,10],[3,30]]},"
          + "\"y\":{\"data\":[[0],[1]]},\"residual_error\":{\"data\":[[0.5],[1.5]]}}}";

  @TempDir static Path folder;

  private static NodeProcess node;

  @BeforeAll
  static void installPeersAndStartNode() throws Exception {
    if (!Files.exists(VENV.resolve("installed"))) {
      run(INSTALL_SECONDS, python(), "-m", "venv", VENV.toString());
      pip("--no-deps", "juniper-requirements.txt");
      pip("--prefer-binary", "juniper-dependencies.txt");
      Files.createFile(VENV.resolve("installed"));
    }
    node = NodeProcess.start("node", folder);
  }

  private static void pip(String option, String requirements) throws Exception {
    run(
        INSTALL_SECONDS,
        VENV.resolve("bin/python").toString(),
        "-m",
        "pip",
        "install",
        "--quiet",
        option,
        "-r",
        SCRIPTS.resolve(requirements).toString());
  }

  private static String python() throws InterruptedException {
    String named = System.getenv("BUSBAR_PEER_PYTHON");
    for (String python :
        named != null
            ? List.of(named)
            : List.of("python3.14", "python3.13", "python3.12", "python3")) {
      try {
        Process check =
            new ProcessBuilder(
                    python, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 12))")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (check.waitFor() == 0) {
          return python;
        }
      } catch (IOException notInstalled) {
        continue;
      }
    }
    return abort("SKIPPED: no Python 3.12 or newer with venv; see BUSBAR_PEER_PYTHON");
  }

  @AfterAll
  static void stop() {
    if (node != null) {
      node.close();
    }
  }

  private static String endpoint() {
    return "ws://" + node.ready().get("http") + "/ws/v1/workers";
  }

  private static CompletableFuture<HttpResponse<String>> call() {
    return node.callAsync(
        "juniper", TASK, Map.of("content-type", "application/json", "busbar-timeout", "80s"));
  }

  @Test
  void aStockWorkerRegistersAndDoesTasks() throws Exception {
    File log = folder.resolve("worker.log").toFile();
    ProcessBuilder worker =
        new ProcessBuilder(
                VENV.resolve("bin/juniper-cascor-worker").toString(), "--server-url", endpoint())
            .redirectErrorStream(true)
            .redirectOutput(log);
    worker.environment().put("PYTHONPATH", SCRIPTS.resolve("juniper_stand_ins").toString());
    worker.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    Process process = worker.start();
    try {
      for (int task = 0; task < 3; task++) {
        HttpResponse<String> answer = call().get(RUN_SECONDS, TimeUnit.SECONDS);
        String shown = answer.body() + "\n" + Files.readString(log.toPath());
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
      String listed = node.get(node.http("/v1/workers")).body();
      assertTrue(listed.contains("\"torch_version\""), listed);
    } finally {
      process.destroyForcibly().waitFor();
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
  void everyFrameToAWorkerPassesTheProtocolsOwnCheck() throws Exception {
    CompletableFuture<HttpResponse<String>> call = call();
    JsonObject seen =
        new JsonObject(
            run(
                RUN_SECONDS,
                VENV.resolve("bin/python").toString(),
                SCRIPTS.resolve("juniper_checked_worker.py").toString(),
                endpoint()));
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

  private static String run(long seconds, String... command)
      throws IOException, InterruptedException {
    File errors = File.createTempFile("peer", ".err", folder.toFile());
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(seconds, TimeUnit.SECONDS), () -> String.join(" ", command));
    assertEquals(
        0,
        process.exitValue(),
        String.join(" ", command) + "\n" + output + Files.readString(errors.toPath()));
    return output;
  }
}
