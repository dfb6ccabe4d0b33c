package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Eventually;
import io.busbar.gateway.testing.NodeProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in JVMs of their own. */
class ClusterIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir private Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(NodeProcess::close);
  }

  private NodeProcess start(String name, String... arguments) {
    NodeProcess node = NodeProcess.start(name, directory, arguments);
    nodes.add(node);
    return node;
  }

  private NodeProcess join(NodeProcess other, String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--join", other.cluster()));
    all.addAll(List.of(arguments));
    return start(name, all.toArray(String[]::new));
  }

  private static void isReady(NodeProcess node) {
    Eventually.passes(
        LONG, node::log, () -> assertEquals(200, node.get(node.management("/ready")).statusCode()));
  }

  private static void answers(NodeProcess node, String pool) {
    Eventually.passes(
        LONG,
        node::log,
        () -> {
          HttpResponse<String> answer = node.call(pool, "hello");
          assertEquals(200, answer.statusCode(), answer.body());
          assertEquals("hello", answer.body());
        });
  }

  private static void seesNodes(NodeProcess node, int count) {
    Eventually.passes(
        LONG,
        node::log,
        () -> {
          String body = node.get(node.http("/v1/nodes")).body();
          assertEquals(count, body.split("\"node_id\"", -1).length - 1, body);
        });
  }

  @Test
  void oneNodeAnswersACallAndItsManagementPort() {
    NodeProcess a = start("a", "--plugin", "echo");
    isReady(a);

    HttpResponse<String> answer = a.call("echo", "hi");

    assertEquals("hi", answer.body());
    assertEquals("echo@a", answer.headers().firstValue("busbar-worker").orElse(""));
    assertEquals(200, a.get(a.management("/healthy")).statusCode());
    assertTrue(a.get(a.management("/info")).body().contains("\"name\" : \"a\""));
    String metrics = a.get(a.management("/metrics")).body();
    assertTrue(metrics.contains("busbar_calls_total"), metrics);
    assertTrue(metrics.contains("jvm_memory_used_bytes"), metrics);
    assertEquals(404, a.get(a.management("/nothing")).statusCode());
  }

  @Test
  void aCallEntersAnyNodeAndIsServedOnAnother() {
    NodeProcess a = start("a");
    NodeProcess b = join(a, "b");
    NodeProcess c = join(a, "c", "--plugin", "echo");
    for (NodeProcess node : List.of(a, b, c)) {
      seesNodes(node, 3);
      isReady(node);
      answers(node, "echo");
    }

    HttpResponse<String> answer = a.call("echo", "x".repeat(1 << 20));

    assertEquals("echo@c", answer.headers().firstValue("busbar-worker").orElse(""));
    assertEquals(1 << 20, answer.body().length());
  }

  @Test
  void sigtermDrains() throws Exception {
    NodeProcess a = start("a");
    NodeProcess b = join(a, "b", "--plugin", "echo");
    isReady(b);
    answers(a, "echo");
    CompletableFuture<HttpResponse<String>> running =
        a.callAsync("echo", "late", Map.of("X-Sleep-Ms", "3000"));
    Eventually.passes(
        LONG,
        b::log,
        () ->
            assertTrue(
                b.get(b.http("/v1/workers")).body().contains("\"running_tasks\":1"),
                "the call runs"));

    b.sigterm();

    assertEquals("late", running.get(60, TimeUnit.SECONDS).body(), b.log());
    assertEquals(0, b.exitCode(LONG), b.log());
    seesNodes(a, 1);
  }

  @Test
  void whatOutlivesTheDrainEndsWithAnError() throws Exception {
    NodeProcess a = start("a");
    NodeProcess b = join(a, "b", "--plugin", "echo", "--set", "node.drain-timeout=500ms");
    isReady(b);
    answers(a, "echo");
    Map<String, String> endless = Map.of("X-Sleep-Ms", "60000");
    CompletableFuture<HttpResponse<String>> elsewhere = a.callAsync("echo", "", endless);
    CompletableFuture<HttpResponse<String>> here = b.callAsync("echo", "", endless);
    Eventually.passes(
        LONG,
        b::log,
        () ->
            assertTrue(
                b.get(b.http("/v1/workers")).body().contains("\"running_tasks\":2"),
                "both calls run"));

    b.sigterm();

    for (CompletableFuture<HttpResponse<String>> call : List.of(elsewhere, here)) {
      HttpResponse<String> answer = call.get(60, TimeUnit.SECONDS);
      assertEquals(503, answer.statusCode(), answer.body() + b.log());
      assertTrue(answer.body().contains("\"draining\""), answer.body());
    }
    assertEquals(0, b.exitCode(LONG), b.log());
  }

  @Test
  void aSecondSignalStopsAtOnce() {
    NodeProcess a = start("a", "--plugin", "echo");
    answers(a, "echo");
    CompletableFuture<HttpResponse<String>> running =
        a.callAsync("echo", "", Map.of("X-Sleep-Ms", "60000"));
    Eventually.passes(
        LONG,
        a::log,
        () ->
            assertTrue(
                a.get(a.http("/v1/workers")).body().contains("\"running_tasks\":1"), "it runs"));

    a.sigterm();
    Eventually.passes(
        LONG, a::log, () -> assertEquals(503, a.get(a.management("/ready")).statusCode()));
    a.sigterm();

    assertEquals(143, a.exitCode(LONG), a.log());
    assertTrue(running.handle((answer, failure) -> failure != null).join(), "cut off");
  }

  @Test
  void aNodeThatFindsNobodyIsNotReadyUntilItDoes() {
    NodeProcess lonely = start("lonely", "--join", "127.0.0.1:9");

    HttpResponse<String> answer = lonely.get(lonely.management("/ready"));

    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("cluster.join"), answer.body());
    assertEquals(200, lonely.get(lonely.management("/healthy")).statusCode());
    join(lonely, "b");
    isReady(lonely);
  }
}
