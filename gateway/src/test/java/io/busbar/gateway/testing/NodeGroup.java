package io.busbar.gateway.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nodes of one cluster, each in a JVM of its own. Close ends them all. */
public final class NodeGroup implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(120);

  private static final Pattern DURATION = Pattern.compile(" duration_ms=(\\d{1,12})");

  private final Path directory;
  private final List<String> common;
  private final List<NodeProcess> nodes = new ArrayList<>();

  /**
   * @param directory of all nodes' data
   * @param common arguments of every node
   */
  public NodeGroup(Path directory, String... common) {
    this.directory = directory;
    this.common = List.of(common);
  }

  /** Starts a node and does not wait for it. The first one is whom the others join. */
  public NodeProcess launch(String name, String... arguments) {
    List<String> all = new ArrayList<>(common);
    if (!nodes.isEmpty()) {
      all.add("--join");
      all.add(nodes.stream().filter(NodeProcess::isAlive).findFirst().orElseThrow().cluster());
    }
    all.addAll(List.of(arguments));
    nodes.removeIf(node -> node.name().equals(name));
    NodeProcess node = NodeProcess.launch(name, directory, all.toArray(String[]::new));
    nodes.add(node);
    return node;
  }

  /** The node of that name; it must have been launched. */
  public NodeProcess node(String name) {
    return find(name).orElseThrow();
  }

  private Optional<NodeProcess> find(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst();
  }

  public List<NodeProcess> alive() {
    return nodes.stream().filter(NodeProcess::isAlive).toList();
  }

  public boolean runs(String name) {
    return find(name).filter(NodeProcess::isAlive).isPresent();
  }

  /** Waits until that node sees so many. */
  public void sees(NodeProcess node, int count) {
    eventually(() -> assertEquals(count, array(node, "nodes").size(), node.name()));
  }

  /** Waits until every live node sees all live ones and is ready. */
  public void whole() {
    eventually(
        () -> {
          for (NodeProcess node : alive()) {
            assertEquals(alive().size(), array(node, "nodes").size(), node.name());
          }
        });
    alive().forEach(this::ready);
  }

  public void ready(NodeProcess node) {
    eventually(
        () -> {
          HttpResponse<String> answer = node.get(node.management("/ready"));
          assertEquals(200, answer.statusCode(), () -> node.name() + " " + answer.body());
        });
  }

  /** Waits until a call that enters there is answered; returns the worker that did. */
  public String serves(NodeProcess entry, String pool) {
    List<String> worker = new ArrayList<>();
    eventually(
        () -> {
          HttpResponse<String> answer = entry.call(pool, "hello");
          assertEquals(200, answer.statusCode(), () -> entry.name() + " " + answer.body());
          worker.add(answer.headers().firstValue("busbar-worker").orElse(""));
        });
    return worker.get(0);
  }

  /** Waits until the node's list of workers has one with that id, and its tasks are as wanted. */
  public void runs(NodeProcess node, String worker, int tasks) {
    eventually(
        () ->
            assertEquals(
                tasks,
                workers(node).stream()
                    .filter(w -> w.getString("worker_id").equals(worker))
                    .mapToInt(w -> w.getInteger("running_tasks"))
                    .findFirst()
                    .orElse(-1),
                worker + " as " + node.name() + " sees it"));
  }

  /** The workers of the cluster, as that node sees them. */
  public static List<JsonObject> workers(NodeProcess node) {
    return array(node, "workers");
  }

  public static int running(NodeProcess node) {
    return workers(node).stream().mapToInt(w -> w.getInteger("running_tasks")).sum();
  }

  private static List<JsonObject> array(NodeProcess node, String what) {
    return new JsonObject(node.get(node.http("/v1/" + what)).body())
        .getJsonArray(what).stream().map(JsonObject.class::cast).toList();
  }

  /** Asks again and again, with all logs in the message when it never comes. */
  public void eventually(Eventually.Check check) {
    Eventually.passes(LONG, this::logs, check);
  }

  public String logs() {
    StringBuilder all = new StringBuilder();
    for (NodeProcess node : nodes) {
      all.append("---- ").append(node.name()).append('\n').append(node.log()).append('\n');
    }
    return all.toString();
  }

  /**
   * What tells a gateway's fault from a machine that was too slow: calls that took longer than that
   * by the nodes' own clocks, blocked event loops, jumps of the clock.
   */
  public String remarks(Duration slow) {
    StringBuilder all = new StringBuilder();
    for (NodeProcess node : nodes) {
      all.append("---- ").append(node.name()).append('\n');
      node.log()
          .lines()
          .filter(line -> isRemarkable(line, slow.toMillis()))
          .forEach(line -> all.append(line).append('\n'));
    }
    return all.toString();
  }

  private static boolean isRemarkable(String line, long slowMillis) {
    Matcher duration = DURATION.matcher(line);
    return line.contains("BlockedThreadChecker")
        || line.contains("clock jump")
        || duration.find() && Long.parseLong(duration.group(1)) > slowMillis;
  }

  @Override
  public void close() {
    nodes.forEach(NodeProcess::close);
  }
}
