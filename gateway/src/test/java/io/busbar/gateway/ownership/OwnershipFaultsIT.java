package io.busbar.gateway.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.ownership.Fence;
import io.busbar.ownership.Holder;
import io.busbar.testing.FreezesProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real nodes whose plugins claim keys and write under their epochs to one fenced resource,
 * and faults: one node is frozen past its lease and thawed, one is killed, then only a minority is
 * left. The history of all grants and writes is checked.
 */
@FreezesProcess
class OwnershipFaultsIT {
  private static final int KEYS = Boolean.getBoolean("busbar.long") ? 5000 : 500;

  @TempDir private Path directory;

  @Test
  void noSupersededOwnerWritesWhateverHappensToIt() throws Exception {
    try (FencedResource resource = new FencedResource();
        NodeGroup nodes = new NodeGroup(directory, arguments(resource))) {
      nodes.launch("a");
      nodes.launch("b");
      nodes.launch("c");
      nodes.whole();
      for (String node : List.of("a", "b", "c")) {
        writes(nodes, resource, node, 0);
      }

      // Frozen past its lease, its keys go to the others; thawed, it goes on where it was.
      int frozen = resource.size();
      nodes.node("c").sigstop();
      nodes.eventually(() -> assertTrue(resource.lostBy("c", frozen) >= 20, "taken from c"));
      int thawed = resource.size();
      nodes.node("c").sigcont();
      nodes.eventually(() -> assertTrue(resource.refused("c", thawed) > 0, "c is refused"));
      writes(nodes, resource, "c", thawed);

      int killed = resource.size();
      nodes.node("b").sigkill();
      nodes.eventually(() -> assertTrue(resource.lostBy("b", killed) >= 20, "taken from b"));

      nodes.node("a").sigkill();
      nodes.eventually(() -> assertEquals("no_majority", claim(nodes.node("c"))));
      check(resource.history());
    }
  }

  private static String[] arguments(FencedResource resource) {
    return new String[] {
      "--set",
      "plugins=[{use: "
          + CarelessOwner.class.getName()
          + ", config: {port: "
          + resource.port()
          + ", keys: "
          + KEYS
          + "}}]",
      "--set",
      "ownership.ttl=2s",
      "--set",
      "ownership.margin=500ms",
      "--set",
      "cluster.lost-after=4s"
    };
  }

  private static void writes(NodeGroup nodes, FencedResource resource, String node, int since) {
    nodes.eventually(
        () -> {
          long accepted = resource.accepted(node, since);
          assertTrue(accepted >= 100, () -> node + " wrote " + accepted);
        });
  }

  /** Code of the failure of a claim, "" = it was done. */
  private static String claim(NodeProcess node) throws Exception {
    URI uri = node.http("/v1/owners/minority");
    HttpRequest claim =
        HttpRequest.newBuilder(uri)
            .PUT(HttpRequest.BodyPublishers.ofString("{\"host\":\"nobody\"}"))
            .build();
    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(claim, HttpResponse.BodyHandlers.ofString());
    return new JsonObject(answer.body()).getString("code", "");
  }

  /** Trusts nobody: neither the gateway nor the resource's fence. */
  private static void check(List<FencedResource.Told> history) {
    Map<String, Map<Long, Holder>> holders = new HashMap<>();
    Map<String, Long> newest = new HashMap<>();
    Map<String, Long> granted = new HashMap<>();
    for (FencedResource.Told told : history) {
      Holder known =
          holders
              .computeIfAbsent(told.key(), key -> new HashMap<>())
              .putIfAbsent(told.epoch(), told.holder());
      assertTrue(known == null || known.equals(told.holder()), () -> "two holders: " + told);
      assertNotEquals(Fence.Verdict.OTHER_HOLDER, told.verdict(), told::toString);
      if (told.grant()) {
        Long before = granted.put(told.key() + "@" + told.epoch(), told.epoch());
        assertTrue(before == null, () -> "granted twice: " + told);
      } else if (told.accepted()) {
        long before = newest.getOrDefault(told.key(), 0L);
        assertTrue(told.epoch() >= before, () -> "written after epoch " + before + ": " + told);
        newest.put(told.key(), told.epoch());
      }
    }
  }
}
