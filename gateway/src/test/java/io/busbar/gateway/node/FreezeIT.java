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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that was frozen for longer than {@code cluster.lost-after}: the others go on without it,
 * and thawed it serves and is served again, without a restart.
 */
class FreezeIT {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final String LOST_AFTER = "cluster.lost-after=5s";

  @TempDir private Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(NodeProcess::close);
  }

  private NodeProcess start(String name, String... arguments) {
    List<String> all = new ArrayList<>(List.of("--set", LOST_AFTER));
    all.addAll(List.of(arguments));
    NodeProcess node = NodeProcess.start(name, directory, all.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  private String logs() {
    StringBuilder all = new StringBuilder();
    for (NodeProcess node : nodes) {
      all.append("---- ").append(node.name()).append('\n').append(node.log()).append('\n');
    }
    return all.toString();
  }

  private void seesNodes(NodeProcess node, int count) {
    Eventually.passes(
        LONG,
        this::logs,
        () -> {
          String body = node.get(node.http("/v1/nodes")).body();
          assertEquals(count, body.split("\"node_id\"", -1).length - 1, node.name() + body);
        });
  }

  private void isServed(NodeProcess entry, String pool) {
    Eventually.passes(
        LONG,
        this::logs,
        () -> {
          HttpResponse<String> answer = entry.call(pool, "hello");
          assertEquals(200, answer.statusCode(), entry.name() + " " + pool + answer.body());
        });
  }

  private void isReady(NodeProcess node) {
    Eventually.passes(
        LONG,
        this::logs,
        () -> {
          HttpResponse<String> answer = node.get(node.management("/ready"));
          assertEquals(200, answer.statusCode(), node.name() + answer.body());
        });
  }

  @Test
  void aFrozenNodeRejoinsWithoutARestart() {
    NodeProcess a = start("a", "--plugin", "echo");
    NodeProcess b = start("b", "--join", a.cluster(), "--plugin", "wordcount");
    NodeProcess c = start("c", "--join", a.cluster());
    nodes.forEach(node -> seesNodes(node, 3));
    isServed(c, "wordcount");
    isServed(b, "echo");

    b.sigstop();
    seesNodes(a, 2);
    seesNodes(c, 2);
    isServed(c, "echo");
    b.sigcont();

    nodes.forEach(node -> seesNodes(node, 3));
    isServed(b, "echo");
    isServed(a, "wordcount");
    isServed(c, "wordcount");
    nodes.forEach(this::isReady);
    assertTrue(b.isAlive());
  }

  @Test
  void theOldestNodeFrozenRejoinsToo() {
    NodeProcess a = start("a", "--plugin", "echo");
    NodeProcess b = start("b", "--join", a.cluster(), "--plugin", "wordcount");
    NodeProcess c = start("c", "--join", a.cluster());
    nodes.forEach(node -> seesNodes(node, 3));
    isServed(c, "echo");

    a.sigstop();
    seesNodes(b, 2);
    seesNodes(c, 2);
    isServed(c, "wordcount");
    a.sigcont();

    nodes.forEach(node -> seesNodes(node, 3));
    isServed(a, "wordcount");
    isServed(b, "echo");
    isServed(c, "echo");
    nodes.forEach(this::isReady);
  }
}
