package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.BusbarCli;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.testing.HeldEcho;
import io.busbar.gateway.testing.HeldEcho.Answer;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to a node with calls under way. */
class DrainIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String HELD = HeldEcho.class.getName();
  private static final int ENDLESS = 60_000;

  @TempDir private static Path directory;
  private static NodeGroup nodes;

  /** A node without a worker, which stays. */
  private static NodeProcess a;

  @BeforeAll
  static void start() {
    nodes = new NodeGroup(directory);
    a = nodes.launch("a");
  }

  @AfterAll
  static void end() {
    nodes.close();
  }

  /** A node with the only worker. */
  private static NodeProcess worker(String name, String... arguments) {
    NodeProcess node = nodes.launch(name, arguments);
    nodes.whole();
    nodes.eventually(
        () -> assertEquals(HeldEcho.POOL + "@" + name, nodes.serves(a, HeldEcho.POOL)));
    return node;
  }

  private static <T> T answer(CompletableFuture<T> call) throws Exception {
    return call.get(60, TimeUnit.SECONDS);
  }

  @Test
  void runningCallsEndAndTheNodeLeaves() throws Exception {
    NodeProcess b = worker("b", "--plugin", HELD);
    CompletableFuture<Answer> elsewhere = HeldEcho.call(nodes, a, b, "late", 2000);
    CompletableFuture<Answer> here = HeldEcho.call(nodes, b, b, "too", 2000);

    b.sigterm();

    assertEquals(HeldEcho.BODY, answer(elsewhere).body(), b.log());
    assertEquals(HeldEcho.BODY, answer(here).body(), b.log());
    assertEquals(0, b.exitCode(LONG), b.log());
    nodes.sees(a, 1);
  }

  @Test
  void whatAWorkerHasAndOutlivesTheDrainIsNotSafeToRetry() throws Exception {
    NodeProcess b = worker("d", "--plugin", HELD, "--set", "node.drain-timeout=500ms");
    CompletableFuture<Answer> elsewhere = HeldEcho.call(nodes, a, b, "elsewhere", ENDLESS);
    CompletableFuture<Answer> here = HeldEcho.call(nodes, b, b, "here", ENDLESS);

    b.sigterm();

    for (CompletableFuture<Answer> call : List.of(elsewhere, here)) {
      Answer answer = answer(call);
      assertEquals(503, answer.status(), answer.body() + b.log());
      JsonObject problem = new JsonObject(answer.body());
      assertEquals("draining", problem.getString("code"), answer.body());
      assertFalse(problem.getBoolean("retryable"), answer.body());
    }
    assertEquals(0, b.exitCode(LONG), b.log());
  }

  @Test
  void whatNoWorkerHasAndOutlivesTheDrainIsSafeToRetryElsewhere() throws Exception {
    NodeProcess b =
        worker(
            "e",
            "--plugin",
            HELD,
            "--set",
            "node.drain-timeout=500ms",
            "--set",
            "pools.wordcount.queue-timeout=60s");
    CompletableFuture<HttpResponse<String>> waiting = b.callAsync("wordcount", "a b", Map.of());
    nodes.eventually(
        () -> {
          String pools = b.get(b.http("/v1/pools")).body();
          assertTrue(
              new JsonObject(pools)
                  .getJsonArray("pools").stream()
                      .map(JsonObject.class::cast)
                      .anyMatch(
                          pool ->
                              pool.getString("name").equals("wordcount")
                                  && pool.getInteger("waiting") == 1),
              pools);
        });

    b.sigterm();

    HttpResponse<String> answer = answer(waiting);
    assertEquals(503, answer.statusCode(), answer.body() + b.log());
    JsonObject problem = new JsonObject(answer.body());
    assertEquals("draining", problem.getString("code"), answer.body());
    assertTrue(problem.getBoolean("retryable"), answer.body());
    assertEquals(0, b.exitCode(LONG), b.log());
    try (NodeProcess counts = nodes.launch("f", "--plugin", "wordcount")) {
      nodes.serves(a, "wordcount");
      assertEquals(200, a.call("wordcount", "a b").statusCode(), counts::log);
    }
  }

  @Test
  void whoWaitsForADrainIsToldWhenTheNodeIsGone() throws Exception {
    NodeProcess b = worker("h", "--plugin", HELD);
    CompletableFuture<Answer> running = HeldEcho.call(nodes, a, b, "late", 2000);

    // Asked at the node that is to go: another one tells.
    int code = BusbarCli.run("node", "drain", "h", "--wait=1m", "--url", b.http("").toString());

    assertEquals(ExitCode.OK, code);
    assertEquals(HeldEcho.BODY, answer(running).body(), b.log());
    assertFalse(a.get(a.http("/v1/nodes")).body().contains("\"h\""), a.log());
    assertEquals(0, b.exitCode(LONG), b.log());
  }

  @Test
  void theWorkersOfADrainingNodeStayListedAsDraining() throws Exception {
    NodeProcess b = worker("i", "--plugin", HELD);
    CompletableFuture<Answer> running = HeldEcho.call(nodes, a, b, "running", 5000);

    b.sigterm();

    nodes.eventually(
        () -> {
          JsonObject worker = new JsonObject(a.get(a.http("/v1/workers/held@i")).body());
          assertEquals("draining", worker.getString("status"), worker.encode());
          assertEquals("draining", worker.getString("state"), worker.encode());
        });
    assertEquals(200, answer(running).status());
    assertEquals(0, b.exitCode(LONG), b.log());
  }

  @Test
  void aSecondSignalStopsAtOnce() {
    NodeProcess b = worker("g", "--plugin", HELD);
    CompletableFuture<Answer> running = HeldEcho.call(nodes, b, b, "running", ENDLESS);

    b.sigterm();
    nodes.eventually(() -> assertEquals(503, b.get(b.management("/ready")).statusCode()));
    b.sigterm();

    assertEquals(143, b.exitCode(LONG), b.log());
    assertTrue(running.handle((answer, failure) -> failure != null).join(), "cut off");
  }
}
