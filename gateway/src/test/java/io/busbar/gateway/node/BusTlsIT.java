package io.busbar.gateway.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.security.TestAuthority;
import io.busbar.security.TlsFiles;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** Nodes whose event bus asks for certificates on both sides. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BusTlsIT {
  @TempDir private static Path directory;
  private static NodeGroup nodes;
  private static NodeProcess a;
  private static NodeProcess b;

  @BeforeAll
  static void start() throws Exception {
    TestAuthority authority = new TestAuthority(directory.resolve("ours"), "ours");
    nodes = new NodeGroup(directory);
    a = nodes.launch("a", with(authority, "a"));
    b = nodes.launch("b", with(authority, "b", "--plugin", "echo"));
    nodes.whole();
  }

  @AfterAll
  static void end() {
    nodes.close();
  }

  private static String[] with(TestAuthority authority, String name, String... more)
      throws Exception {
    TlsFiles files = authority.issue(name, TlsFiles.ClientCertificate.REQUIRED);
    List<String> all = new ArrayList<>();
    for (String set :
        List.of(
            "bus.tls.cert=" + files.cert(),
            "bus.tls.key=" + files.key(),
            "bus.tls.ca=" + files.ca())) {
      all.add("--set");
      all.add(set);
    }
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  @Order(1)
  void nodesOfOneAuthorityCarryCallsForEachOther() {
    assertEquals("echo@b", nodes.serves(a, "echo"));
    HttpResponse<String> answer = a.call("echo", "x".repeat(1 << 20));
    assertEquals(1 << 20, answer.body().length());
  }

  @Test
  @Order(2)
  void aNodeOfAnotherAuthorityIsKeptOutAndSaysSo() throws Exception {
    TestAuthority other = new TestAuthority(directory.resolve("other"), "other");
    try (NodeProcess c = nodes.launch("c", with(other, "c", "--plugin", "wordcount"))) {
      nodes.eventually(
          () -> {
            HttpResponse<String> answer = c.get(c.management("/ready"));
            assertEquals(503, answer.statusCode());
            assertTrue(answer.body().contains("bus.tls"), answer.body());
          });
      for (NodeProcess node : List.of(a, c)) {
        nodes.eventually(
            () ->
                assertTrue(
                    node.log().contains("does not answer on the event bus"),
                    node.name() + " names who is silent"));
      }
      assertEquals("echo@b", nodes.serves(a, "echo"), "the others go on");
      assertTrue(a.call("wordcount", "a b").statusCode() >= 400, "no call reaches it");
      nodes.sees(a, 2);
    }
  }
}
