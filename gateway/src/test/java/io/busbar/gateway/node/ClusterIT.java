package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes in JVMs of their own, none of them in trouble but one that finds and loses its only other.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
  private static final Pattern UP = Pattern.compile("busbar_control_plane_node_up\\{[^}]*} 1\\.0");

  private static final Pattern END =
      Pattern.compile("to be started again: no majority for [1-9][0-9]+ s");

  @TempDir private static Path directory;
  private static NodeGroup nodes;
  private static NodeProcess a;
  private static NodeProcess c;

  /** A node whose cluster does not exist yet. */
  private static NodeProcess lonely;

  /** Whom it finds in the first test, and loses in the last. */
  private static NodeProcess found;

  @BeforeAll
  static void start() {
    nodes = new NodeGroup(directory);
    a = nodes.launch("a");
    lonely =
        NodeProcess.launch(
            "lonely",
            directory,
            "--join",
            "127.0.0.1:9",
            "--set",
            "cluster.size=2",
            "--set",
            "control-plane.fenced-exit=10s");
    nodes.launch("b");
    c = nodes.launch("c", "--plugin", "echo");
  }

  @AfterAll
  static void end() {
    nodes.close();
    lonely.close();
    if (found != null) {
      found.close();
    }
  }

  @Test
  void aNodeAnswersACallAndItsManagementPort() {
    nodes.whole();
    nodes.serves(c, "echo");

    HttpResponse<String> answer = c.call("echo", "hi");

    assertEquals("hi", answer.body());
    assertEquals("echo@c", answer.headers().firstValue("busbar-worker").orElse(""));
    assertEquals(200, c.get(c.management("/healthy")).statusCode());
    assertTrue(c.get(c.management("/info")).body().contains("\"name\" : \"c\""));
    String metrics = c.get(c.management("/metrics")).body();
    assertTrue(metrics.contains("busbar_calls_total"), metrics);
    assertTrue(metrics.contains("jvm_memory_used_bytes"), metrics);
    assertEquals(404, c.get(c.management("/nothing")).statusCode());
  }

  @Test
  void theMajorityCountsAllThatWereSeenTogether() {
    nodes.whole();

    String info = c.get(c.management("/info")).body();

    assertTrue(info.contains("\"size\" : 3"), info);
    assertTrue(info.contains("\"majority\" : 2"), info);
    assertTrue(c.get(c.management("/metrics")).body().contains("busbar_cluster_size{"), info);
  }

  @Test
  void aCallEntersAnyNodeAndIsServedOnAnother() {
    nodes.whole();
    nodes.alive().forEach(node -> assertEquals("echo@c", nodes.serves(node, "echo")));

    HttpResponse<String> answer = a.call("echo", "x".repeat(1 << 20));

    assertEquals("echo@c", answer.headers().firstValue("busbar-worker").orElse(""));
    assertEquals(1 << 20, answer.body().length());
  }

  @Test
  @Order(1)
  void aNodeThatFindsNobodyIsNotReadyUntilItDoes() {
    HttpResponse<String> answer = lonely.get(lonely.management("/ready"));

    assertEquals(503, answer.statusCode());
    assertTrue(answer.body().contains("cluster.join"), answer.body());
    assertEquals(200, lonely.get(lonely.management("/healthy")).statusCode());
    find();
    assertTrue(found.isAlive());
  }

  private static void find() {
    if (found == null) {
      found = NodeProcess.start("found", directory, "--join", lonely.cluster());
    }
    nodes.ready(lonely);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void aNodeThatIsFencedForTooLongEndsWithTheCodeOfAnotherTry() {
    find();
    nodes.eventually(
        () -> {
          String metrics = lonely.get(lonely.management("/metrics")).body();
          assertTrue(UP.matcher(metrics).find(), metrics);
        });
    found.sigkill();

    assertEquals(ExitCode.RETRY, lonely.exitCode(Duration.ofMinutes(2)), lonely::log);

    assertTrue(END.matcher(lonely.log()).find(), lonely::log);
  }
}
