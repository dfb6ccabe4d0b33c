package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.testing.NodeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What keeps a node from starting: one line that says what to do. The nodes that fail start in this
 * JVM; one in a JVM of its own shows how the process ends.
 */
class StartFailureIT {
  private static final Duration LONG = Duration.ofSeconds(90);

  @TempDir private static Path directory;

  /** A node that is there already. */
  private static NodeProcess first;

  @BeforeAll
  static void startFirst() {
    first = NodeProcess.launch("a", directory, "--set", "cluster.size=3");
  }

  @AfterAll
  static void endFirst() {
    first.close();
  }

  /** A failed start must not have hurt it. */
  @AfterEach
  void theOtherNodeLives() {
    assertTrue(first.isAlive(), first.log());
  }

  /** Starts a node of that name that must not come up. */
  private static void isRefused(
      String name, String join, Path data, List<String> plugins, List<String> sets, String... parts)
      throws Exception {
    List<String> all = new ArrayList<>();
    for (String port :
        List.of("http", "runner", "control-plane", "falcon", "management", "cluster", "bus")) {
      all.add(port + ".port=0");
    }
    all.addAll(sets);
    ConfigSources sources =
        new ConfigSources(
            null, Map.of(), all, name, join, directory.resolve(data).toString(), plugins, 0);
    StartFailure failure =
        assertThrows(StartFailure.class, () -> Node.start(ConfigLoader.load(sources)).stop());
    assertEquals(1, failure.getMessage().lines().count(), failure.getMessage());
    for (String part : parts) {
      assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }
  }

  @Test
  void theProcessEndsWithCode2AndOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        NodeProcess node =
            NodeProcess.launch("b", directory, "--set", "http.port=" + taken.getLocalPort())) {
      assertEquals(2, node.exitCode(LONG), node.log());
      List<String> lines =
          node.log().lines().filter(line -> line.startsWith("busbar serve: ")).toList();
      assertEquals(1, lines.size(), node.log());
      assertTrue(lines.get(0).contains("http.port"), lines.get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "runner", "control-plane", "management", "cluster", "bus"})
  void aPortInUse(String front) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      isRefused(
          "p",
          null,
          Path.of("p"),
          List.of(),
          List.of(front + ".port=" + port),
          front + ".port",
          port,
          "in use");
    }
  }

  @Test
  void aPluginThatIsNotThere() throws Exception {
    isRefused(
        "p",
        null,
        Path.of("p"),
        List.of("nothing/here.jar"),
        List.of(),
        "nothing/here.jar",
        "no such file");
  }

  @Test
  void aDataDirectoryInUse() throws Exception {
    first.ready();
    isRefused(
        "p",
        null,
        Path.of("a"),
        List.of(),
        List.of(),
        "node.data-dir",
        "in use by another process");
  }

  @Test
  void aNameThatIsTaken() throws Exception {
    isRefused(
        "a",
        first.cluster(),
        Path.of("other"),
        List.of(),
        List.of("cluster.size=3"),
        "node.name",
        "'a'",
        "--name");
  }

  @Test
  void anotherClusterSize() throws Exception {
    isRefused(
        "b",
        first.cluster(),
        Path.of("b5"),
        List.of(),
        List.of("cluster.size=5"),
        "cluster.size",
        "5",
        "has 3");
  }
}
