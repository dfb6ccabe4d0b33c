package io.busbar.gateway.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.gateway.testing.Load;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.busbar.gateway.testing.SplitNetwork;
import io.busbar.ownership.Fence;
import io.busbar.ownership.Holder;
import io.busbar.testing.FreezesProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three real nodes whose plugins claim keys and write under their epochs to one fenced resource,
 * with calls under way, and faults: one node is frozen past its lease and thawed, the oldest one is
 * cut off from the others and joined to them again, two are kept from each other while both reach
 * the third, one is killed, then only a minority is left. The history of all grants and writes is
 * checked.
 */
@FreezesProcess
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OwnershipFaultsIT {
  private static final int KEYS = Boolean.getBoolean("busbar.long") ? 5000 : 500;
  private static final int CALLS = 40;
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  /** How much later than its deadline an end may reach a client on a loaded machine. */
  private static final Duration SLACK = Duration.ofSeconds(20);

  private static final long WAIT_SECONDS = 90;

  @TempDir private static Path directory;

  private static SplitNetwork network;
  private static FencedResource resource;
  private static NodeGroup nodes;

  @BeforeAll
  static void start() throws Exception {
    network = new SplitNetwork();
    resource = new FencedResource();
    nodes =
        new NodeGroup(
            directory,
            "--set",
            "ownership.ttl=2s",
            "--set",
            "ownership.margin=500ms",
            "--set",
            "cluster.lost-after=4s");
    nodes.launch("a", network.behind("a", "--set", plugins()));
    for (String worker : List.of("b", "c")) {
      nodes.launch(worker, network.behind(worker, "--set", plugins("{use: echo}, ")));
    }
    nodes.whole();
    for (String node : List.of("a", "b", "c")) {
      writes(node, 0);
    }
  }

  @AfterAll
  static void end() throws Exception {
    nodes.close();
    resource.close();
    network.close();
  }

  @AfterEach
  void noSupersededOwnerWroteWhateverHappenedToIt() {
    check(resource.history());
  }

  @Test
  @Order(1)
  void theKeysOfAFrozenNodeGoToTheOthersAndThawedItGoesOn() {
    int frozen = resource.size();
    nodes.node("c").sigstop();
    nodes.eventually(() -> assertTrue(resource.lostBy("c", frozen) >= 20, "taken from c"));
    int thawed = resource.size();
    nodes.node("c").sigcont();
    nodes.eventually(() -> assertTrue(resource.refused("c", thawed) > 0, "c is refused"));
    writes("c", thawed);
    nodes.whole();
  }

  @Test
  @Order(2)
  @Tag("long")
  void aNodeThatIsCutOffIsRefusedAndServesAgainOnceItIsBack() throws Exception {
    cutOffAndBack("c");
  }

  @Test
  @Order(3)
  void theOldestNodeCutOffComesBackToo() throws Exception {
    cutOffAndBack("a");
  }

  @Test
  @Order(4)
  @Tag("long")
  void ofTwoThatOnlyReachTheThirdOneIsPutOutAndTheOtherGoesOn() {
    int cut = resource.size();
    network.cutBetween(nodes.node("b"), nodes.node("c"));
    nodes.eventually(
        () ->
            assertTrue(
                resource.lostBy("b", cut) + resource.lostBy("c", cut) >= 20,
                "taken from one of the two"));
    int settled = resource.size();
    writes("a", settled);

    network.heal();
    nodes.whole();
    int healed = resource.size();
    for (NodeProcess node : nodes.alive()) {
      writes(node.name(), healed);
    }
  }

  @Test
  @Order(5)
  void theKeysOfAKilledNodeGoToTheOthersAndAMinorityGrantsNothing() {
    // After a merge its session may have begun anew, without keys.
    nodes.eventually(() -> assertTrue(resource.heldBy("b") >= 40, "b owns keys to lose"));
    int killed = resource.size();
    nodes.node("b").sigkill();
    nodes.eventually(() -> assertTrue(resource.lostBy("b", killed) >= 20, "taken from b"));

    nodes.node("a").sigkill();
    nodes.eventually(() -> assertEquals("no_majority", claim(nodes.node("c"))));
  }

  /** Its clients, and the resource, still reach it; the other nodes do not. */
  private static void cutOffAndBack(String name) throws Exception {
    NodeProcess alone = nodes.node(name);
    List<NodeProcess> others = nodes.alive().stream().filter(node -> node != alone).toList();
    try (Load load = Load.start(nodes.alive(), CALLS, DEADLINE)) {
      nodes.eventually(
          () -> assertTrue(NodeGroup.running(others.get(0)) >= CALLS / 2, "calls are under way"));
      int cut = resource.size();
      network.cutOff(alone);
      nodes.eventually(() -> assertEquals("no_majority", claim(alone)));
      nodes.eventually(() -> assertTrue(resource.lostBy(name, cut) >= 20, "taken from " + name));
      nodes.eventually(() -> assertTrue(resource.refused(name, cut) > 0, name + " is refused"));
      nodes.sees(alone, 1);
      for (NodeProcess other : others) {
        nodes.sees(other, 2);
        writes(other.name(), cut);
      }

      network.heal();
      nodes.whole();
      int healed = resource.size();
      for (NodeProcess node : nodes.alive()) {
        writes(node.name(), healed);
      }
      everyCallEndedOnce(load.stop(WAIT_SECONDS), name);
    }
    for (String worker : List.of("echo@b", "echo@c")) {
      nodes.eventually(() -> assertEquals(worker, nodes.serves(nodes.node("a"), "echo")));
    }
    for (NodeProcess node : nodes.alive()) {
      nodes.eventually(() -> assertEquals(0, NodeGroup.running(node), node.name()));
    }
    assertTrue(alone.isAlive(), "it was never restarted");
  }

  private static void everyCallEndedOnce(List<Load.End> ends, String alone) {
    assertTrue(ends.stream().anyMatch(end -> end.how() == Load.How.WHOLE), "nothing came through");
    for (Load.End end : ends) {
      assertNotEquals(Load.How.WRONG, end.how(), end.toString());
      assertNotEquals(Load.How.NEVER, end.how(), end.toString());
      assertTrue(
          end.longestTry() < DEADLINE.plus(SLACK).toNanos(),
          () -> "later than its deadline: " + end + "\n" + nodes.remarks(DEADLINE));
    }
    System.out.printf(
        "%s cut off: %d calls ended, %d of them in a failure%n",
        alone, ends.size(), ends.stream().filter(end -> end.how() == Load.How.FAILED).count());
  }

  /** Calls that enter a are served by the others, so that the cut finds them under way. */
  private static String plugins(String... more) {
    return "plugins=["
        + String.join("", more)
        + "{use: "
        + CarelessOwner.class.getName()
        + ", config: {port: "
        + resource.port()
        + ", keys: "
        + KEYS
        + "}}]";
  }

  private static void writes(String node, int since) {
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
