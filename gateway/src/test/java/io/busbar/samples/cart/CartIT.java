package io.busbar.samples.cart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.gateway.testing.NodeGroup;
import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Carts of three nodes, whose owner drains, and whose next owner is killed, while they fill up. */
class CartIT {
  private static final List<String> CARTS = List.of("blue", "green", "red");

  @TempDir private Path directory;

  private final CartClient client = new CartClient();

  @Test
  void nothingConfirmedIsLostWhenTheOwnerDrainsOrDies() throws Exception {
    Path journals = directory.resolve("journals");
    try (NodeGroup nodes =
        new NodeGroup(
            directory,
            "--set",
            "plugins=[{use: cart, config: {journal: \"" + journals + "\"}}]",
            "--set",
            "ownership.ttl=2s",
            "--set",
            "ownership.margin=500ms")) {
      NodeProcess a = nodes.launch("a");
      a.ready();
      NodeProcess b = nodes.launch("b");
      NodeProcess c = nodes.launch("c");
      nodes.whole();
      served(nodes, 3);

      // c owns them, as it had their first request; the others' requests go there.
      for (String cart : CARTS) {
        client.addSurely(() -> c, cart, "first");
        assertEquals("c", client.show(a, cart).getString("node"));
      }
      long first = client.show(a, CARTS.get(0)).getLong("epoch");

      Filling draining = new Filling(List.of(a, b));
      c.sigterm();
      assertEquals(0, c.exitCode(Duration.ofSeconds(60)), c.log());
      draining.end();
      long second = whole(nodes, a, first);
      assertTrue(!c.log().contains("nobody handed over"), c.log());

      // The owner of the first cart is killed; it may be either.
      String owner = client.show(a, CARTS.get(0)).getString("node");
      NodeProcess dies = nodes.node(owner);
      NodeProcess stays = dies == a ? b : a;
      nodes.launch("c").ready();
      nodes.whole();
      Path journal = journals.resolve(CARTS.get(0));
      Filling killing = new Filling(List.of(stays));
      dies.sigkill();
      killing.end();
      long third = whole(nodes, stays, second);
      assertNotEquals(owner, client.show(stays, CARTS.get(0)).getString("node"));
      epochsGrow(journal, List.of(first, second, third));
    }
  }

  /** Waits until every node knows of so many owners. */
  private static void served(NodeGroup nodes, int count) {
    nodes.eventually(
        () -> {
          for (NodeProcess node : nodes.alive()) {
            URI targets = node.http("/v1/commands");
            String served = node.get(targets).body();
            assertEquals(count, served.split("\"cart\\.", -1).length - 1, served);
          }
        });
  }

  /** All that was confirmed is there; the epoch of the first cart, which is a higher one. */
  private long whole(NodeGroup nodes, NodeProcess at, long before) {
    for (String cart : CARTS) {
      JsonObject shown = client.show(at, cart);
      assertEquals(
          client.confirmed(cart),
          shown.getJsonObject("items").getInteger("apple"),
          () -> cart + " " + shown + "\n" + nodes.logs());
    }
    long epoch = client.show(at, CARTS.get(0)).getLong("epoch");
    assertTrue(epoch > before, () -> epoch + " after " + before);
    return epoch;
  }

  /** The journal's epochs only grow, each is one owner's, and none but the last can still write. */
  private static void epochsGrow(Path directory, List<Long> owners) {
    List<Entry> entries = new ArrayList<>();
    Journal journal = new Journal(directory, entries::add);
    assertEquals(owners, entries.stream().map(Entry::epoch).distinct().toList());
    for (Entry entry : entries) {
      assertEquals(
          entries.stream().filter(e -> e.epoch() == entry.epoch()).findFirst().get().writer(),
          entry.writer());
      if (entry.epoch() != owners.get(owners.size() - 1)) {
        Entry late = new Entry(entry.epoch(), entry.writer(), "late", "apple", 1);
        FailureException refused = assertThrows(FailureException.class, () -> journal.append(late));
        assertEquals(FailureCode.STALE_EPOCH, refused.failure().code());
      }
    }
  }

  /** Adds to all carts, from the begin to the end, each request surely and once. */
  private final class Filling {
    /** Of each cart, after what happens to its owner. */
    private static final int MORE = 5;

    private final List<CompletableFuture<Void>> writers = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private volatile boolean ending;

    Filling(List<NodeProcess> entries) {
      for (String cart : CARTS) {
        CompletableFuture<Void> begun = new CompletableFuture<>();
        writers.add(CompletableFuture.runAsync(() -> fill(entries, cart, begun)));
        begun.orTimeout(60, TimeUnit.SECONDS).join();
      }
    }

    private void fill(List<NodeProcess> entries, String cart, CompletableFuture<Void> begun) {
      int left = MORE;
      for (int i = 0; left > 0; i++) {
        String request = System.identityHashCode(this) + "-" + i;
        client.addSurely(
            () -> entries.get(Math.floorMod(turn.getAndIncrement(), entries.size())),
            cart,
            request);
        if (i == MORE) {
          begun.complete(null);
        }
        left = ending ? left - 1 : MORE;
      }
    }

    /** Waits until each cart took some more. */
    void end() throws Exception {
      ending = true;
      for (CompletableFuture<Void> writer : writers) {
        writer.get(90, TimeUnit.SECONDS);
      }
    }
  }
}
