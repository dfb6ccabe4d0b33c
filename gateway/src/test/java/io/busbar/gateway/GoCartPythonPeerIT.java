package io.busbar.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.PythonPeers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two go-cart nodes played by Python's grpcio, with stubs of the first version line, beside a
 * cluster of two nodes: they join, claim, are refused, take over from one that died, and hear that
 * a gateway node closes. Needs Python 3.9 with venv; installs the rest. Profile {@code
 * go-cart-peers}.
 */
@Tag("go-cart-peers")
class GoCartPythonPeerIT {
  private static final Path CONTRACT = Path.of("src/test/python/go_cart").toAbsolutePath();

  private static final Duration STOP = Duration.ofSeconds(60);

  @TempDir static Path folder;

  @Test
  void foreignNodesLiveWithTheClusterAsOneAuthority() throws Exception {
    PythonPeers peers = PythonPeers.install(folder).withContract(CONTRACT);
    try (NodeProcess one = NodeProcess.start("one", folder);
        NodeProcess two = NodeProcess.start("two", folder, "--join", one.cluster())) {
      String oneHost = one.ready().get("control-plane");
      String twoHost = two.ready().get("control-plane");
      Process nodes = peers.start("go_cart_nodes.py", oneHost, twoHost);
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(nodes.getInputStream(), StandardCharsets.UTF_8))) {
        JsonObject seen = new JsonObject(out.readLine());
        check(seen, List.of(oneHost, twoHost));
        two.sigterm();
        assertEquals(0, two.exitCode(STOP), two.log());
        nodes.getOutputStream().write('\n');
        nodes.getOutputStream().flush();
        JsonObject closing = new JsonObject(out.readLine());
        assertTrue(closing.getJsonArray("closings").contains(twoHost), closing::encode);
        assertTrue(closing.getBoolean("accepted"), closing::encode);
      } finally {
        nodes.destroyForcibly();
      }
    }
  }

  private static void check(JsonObject seen, List<String> gateways) {
    assertEquals(new JsonArray(gateways), seen.getJsonArray("pinged"), seen::encode);
    assertTrue(seen.getBoolean("joined"), seen::encode);
    all(seen, "claimed", true, "");
    all(seen, "refused", false, "owned by " + seen.getString("first"));
    all(seen, "invalid", false, "invalid");
    assertTrue(seen.getBoolean("told"), seen::encode);
    assertEquals("owner suspect, retry", seen.getString("suspect"), seen::encode);
    assertTrue(seen.getBoolean("taken"), seen::encode);
    assertFalse(seen.getBoolean("revived_by_hearsay"), seen::encode);
    assertEquals(
        new JsonArray().add(false).add("host not available"),
        seen.getJsonArray("ours_by_stranger"),
        seen::encode);
  }

  private static void all(JsonObject seen, String step, boolean accepted, String message) {
    JsonArray expected = new JsonArray().add(accepted).add(message);
    for (Object answer : seen.getJsonArray(step)) {
      assertEquals(expected, answer, seen::encode);
    }
  }
}
