package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps a node from starting: exit code 2 and one line that says what to do. */
class StartFailureIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir private Path directory;
  private final List<NodeProcess> nodes = new ArrayList<>();

  @AfterEach
  void end() {
    nodes.forEach(NodeProcess::close);
  }

  private NodeProcess launch(String name, String... arguments) {
    NodeProcess node = NodeProcess.launch(name, directory, arguments);
    nodes.add(node);
    return node;
  }

  private static void isRefused(NodeProcess node, String... parts) {
    assertEquals(2, node.exitCode(LONG), node.log());
    List<String> lines =
        node.log().lines().filter(line -> line.startsWith("busbar serve: ")).toList();
    assertEquals(1, lines.size(), node.log());
    for (String part : parts) {
      assertTrue(lines.get(0).contains(part), lines.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "runner", "management", "cluster", "bus"})
  void aPortInUse(String front) throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      NodeProcess node = launch("a", "--set", front + ".port=" + port);

      isRefused(node, front + ".port", port, "in use");
    }
  }

  @Test
  void aPluginThatIsNotThere() {
    isRefused(launch("a", "--plugin", "nothing/here.jar"), "nothing/here.jar", "no such file");
  }

  @Test
  void aDataDirectoryInUse() {
    NodeProcess first = launch("a");
    first.ready();

    isRefused(launch("a"), "node.data-dir", "in use by another process");
  }

  @Test
  void aNameThatIsTaken() {
    NodeProcess first = launch("a");
    String join = first.cluster();

    NodeProcess second = NodeProcess.launch("a", directory.resolve("other"), "--join", join);
    nodes.add(second);

    isRefused(second, "node.name", "'a'", "--name");
    assertTrue(first.isAlive());
  }

  @Test
  void anotherClusterSize() {
    NodeProcess first = launch("a", "--set", "cluster.size=3");
    String join = first.cluster();

    isRefused(launch("b", "--join", join, "--set", "cluster.size=5"), "cluster.size", "5", "has 3");
  }
}
