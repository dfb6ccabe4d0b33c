package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Addresses;
import io.busbar.testing.ClusterNodes;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two halves of a cluster that both granted, since neither noticed the cut, and merge later. */
class MergedOwnersTest {
  private final ClusterNodes cluster = new ClusterNodes();

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  private static BlockingQueue<OwnerChange> watch(OwnershipMember at) throws Exception {
    BlockingQueue<OwnerChange> heard = new LinkedBlockingQueue<>();
    assertNotNull(ClusterNodes.on(at.lane(), () -> at.ownership().watch(heard::add)));
    return heard;
  }

  /** Only members of the cluster are parted by a test: the event bus must be cut as well. */
  private static void deaf(OwnershipMember one) {
    one.node()
        .vertx()
        .eventBus()
        .addInboundInterceptor(
            delivery -> {
              if (!delivery.message().address().equals(Addresses.OWNERSHIP)) {
                delivery.next();
              }
            });
  }

  /** The next one that is told. */
  private static OwnerChange next(BlockingQueue<OwnerChange> heard) throws Exception {
    OwnerChange change = heard.poll(60, TimeUnit.SECONDS);
    assertNotNull(change, "nobody was told");
    return change;
  }

  @Test
  void theHigherEpochStandsAndTheLosersWatchersAreTold() throws Exception {
    OwnershipMember a =
        OwnershipMember.startUnguarded(cluster, "a", OwnershipOptions.DEFAULTS.withBackups(1));
    OwnershipMember b =
        OwnershipMember.startUnguarded(cluster, "b", OwnershipOptions.DEFAULTS.withBackups(1));
    OwnershipMember lone =
        OwnershipMember.startUnguarded(cluster, "lone", OwnershipOptions.DEFAULTS.withBackups(1));
    List<OwnershipMember> all = List.of(a, b, lone);
    for (OwnershipMember one : all) {
      assertTrue(one.awaitSafe());
    }
    deaf(lone);
    cluster.split(lone.node(), List.of(a.node(), b.node()));
    OwnerAnswer lost = lone.claim("k");
    assertEquals(OwnerCode.GRANTED, lost.code());
    while (System.currentTimeMillis() <= lost.epoch()) {
      Thread.onSpinWait();
    }
    OwnerAnswer won = a.claim("k");
    assertEquals(OwnerCode.GRANTED, won.code());
    assertTrue(won.epoch() > lost.epoch());

    BlockingQueue<OwnerChange> heard = watch(lone);
    cluster.merge(lone.node(), a.node(), 3);
    assertEquals(OwnerChange.Kind.UNCERTAIN, next(heard).kind());
    OwnerChange told = next(heard);
    assertEquals(OwnerChange.Kind.SUPERSEDED, told.kind());
    assertEquals("k", told.key());
    assertEquals("lone", told.previous().host());
    assertEquals(lost.epoch(), told.previousEpoch());
    assertEquals("a", told.record().owner());
    assertEquals(won.epoch(), told.record().epoch());
    for (OwnershipMember one : all) {
      OwnerRecord record = one.get(() -> one.ownership().get("k"));
      assertEquals("a", record.owner());
      assertEquals(won.epoch(), record.epoch());
    }
    // Told before those who watch.
    assertFalse(
        lone.ownership().held().stream().anyMatch(held -> held.key().equals("k")),
        "it still writes");
  }
}
