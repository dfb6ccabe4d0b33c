package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.testing.FreezesProcess;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes with 200 calls in flight, one of which is killed. */
@FreezesProcess
class KillUnderLoadIT {
  private static final int CALLS = 200;
  private static final int BODY = 20_000;
  private static final long WAIT_SECONDS = 120;

  @TempDir Path folder;

  @Test
  void everyCallEndsOnceAndNoneIsShort() throws Exception {
    try (NodeProcess a = NodeProcess.start("a", folder);
        NodeProcess b = NodeProcess.start("b", folder, "--join", a.cluster(), "--plugin", "echo");
        NodeProcess c = NodeProcess.start("c", folder, "--join", a.cluster(), "--plugin", "echo")) {
      Eventually.passes(
          Duration.ofSeconds(WAIT_SECONDS), a::log, () -> assertEquals(2, workers(a).size()));
      String body = "0123456789".repeat(BODY / 10);
      List<CompletableFuture<String>> ends = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        ends.add(
            a.callAsync("echo", body, Map.of("X-Sleep-Ms", "6000"))
                .handle((answer, cause) -> end(body, answer, cause)));
      }
      Eventually.passes(
          Duration.ofSeconds(WAIT_SECONDS),
          a::log,
          () -> assertTrue(running(a) >= CALLS / 2, "running: " + running(a)));
      c.sigkill();
      int whole = 0;
      int failed = 0;
      for (CompletableFuture<String> end : ends) {
        String how = end.get(WAIT_SECONDS, TimeUnit.SECONDS);
        assertTrue(how.equals("whole") || how.startsWith("failed"), how);
        whole += how.equals("whole") ? 1 : 0;
        failed += how.equals("whole") ? 0 : 1;
      }
      assertEquals(CALLS, whole + failed);
      assertTrue(whole > 0, "no call of the surviving node came through");
      assertTrue(b.isAlive(), "the surviving node is there");
      Eventually.passes(
          Duration.ofSeconds(WAIT_SECONDS),
          a::log,
          () -> assertEquals("again", a.call("echo", "again").body()));
      Eventually.passes(
          Duration.ofSeconds(WAIT_SECONDS), a::log, () -> assertEquals(0, running(a)));
    }
  }

  private static String end(String sent, HttpResponse<String> answer, Throwable cause) {
    if (cause != null) {
      return "failed: " + cause;
    }
    if (answer.statusCode() != 200) {
      return "failed: " + answer.statusCode();
    }
    return sent.equals(answer.body())
        ? "whole"
        : "a success with " + answer.body().length() + " of " + sent.length() + " bytes";
  }

  private static List<JsonObject> workers(NodeProcess node) {
    return new JsonObject(node.get(node.http("/v1/workers")).body())
        .getJsonArray("workers").stream().map(JsonObject.class::cast).toList();
  }

  private static int running(NodeProcess node) {
    return workers(node).stream().mapToInt(w -> w.getInteger("running_tasks")).sum();
  }
}
