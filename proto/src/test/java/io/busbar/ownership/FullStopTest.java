package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.testing.ClusterNodes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Owners while all nodes are stopped and started again. */
class FullStopTest {
  private static final OwnershipOptions OPTIONS = OwnershipOptions.DEFAULTS.withLease(2000, 300);
  private static final Holder OUTSIDE = new Holder("outside", 7);
  private static final long DAY_MILLIS = 86_400_000;

  @TempDir private Path dir;
  private ClusterNodes cluster = new ClusterNodes();
  private final List<OwnerDisk> disks = new ArrayList<>();
  private OwnershipMember a;
  private OwnershipMember b;

  @AfterEach
  void stop() throws Exception {
    cluster.close();
    for (OwnerDisk disk : disks) {
      disk.close();
    }
    disks.clear();
  }

  @Test
  void ownersThatDoNotLapseAndEpochsAreStillKnown() throws Exception {
    start(0);
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      keys.add("k" + i);
    }
    a.get(() -> a.ownership().renewSession(OUTSIDE, 0));
    List<OwnerAnswer> lent = b.get(() -> b.ownership().claimAll(OUTSIDE, keys));
    long moved = b.get(() -> b.ownership().release("k1", lent.get(1).epoch())).epoch();
    Holder next = new Holder("next", 1);
    long kept = a.get(() -> a.ownership().claim(Claim.of("k1", next).withTtl(0))).epoch();
    assertTrue(kept > moved);
    long released = a.claim("back").epoch();
    a.get(() -> a.ownership().release("back", released));
    long nodes = a.claim("mine").epoch();
    stop();
    cluster = new ClusterNodes();
    // Clocks were set back meanwhile: only what was kept can know the epochs.
    start(-DAY_MILLIS);
    for (int i = 0; i < keys.size(); i++) {
      String key = keys.get(i);
      OwnerAnswer refused = claimed(i % 2 == 0 ? a : b, key);
      assertEquals(OwnerCode.OWNED_BY_OTHER, refused.code(), key);
      assertEquals(i == 1 ? next : OUTSIDE, refused.record().holder(), key);
      assertEquals(i == 1 ? kept : lent.get(i).epoch(), refused.epoch(), key);
    }
    assertTrue(a.get(() -> a.ownership().renewSession(OUTSIDE, 0)), "its session goes on");
    assertTrue(claimed(b, "back").epoch() > released);
    OwnerAnswer taken = claimed(b, "mine");
    assertEquals(OwnerCode.GRANTED, taken.code(), "the node's former life is over");
    assertTrue(taken.epoch() > nodes);
  }

  @Test
  void aKeyOfAHostThatDoesNotComeBackIsAnnouncedAsFree() throws Exception {
    start(0);
    long epoch = a.get(() -> a.ownership().claim(Claim.of("lent", OUTSIDE).withTtl(2000))).epoch();
    stop();
    cluster = new ClusterNodes();
    BlockingQueue<OwnerChange> heard = new LinkedBlockingQueue<>();
    a = member("a", 0);
    // The session's time runs from here on, however long the other one takes to start.
    ClusterNodes.on(a.lane(), () -> a.ownership().watch(heard::add));
    b = member("b", 0);
    OwnerChange change;
    do {
      change = heard.poll(60, TimeUnit.SECONDS);
      assertTrue(change != null, "it was not announced");
    } while (change.kind() != OwnerChange.Kind.FREED);
    assertEquals("lent", change.key());
    assertEquals(epoch, change.previousEpoch());
    OwnerAnswer taken = claimed(b, "lent");
    assertEquals(OwnerCode.GRANTED, taken.code());
    assertTrue(taken.epoch() > epoch);
  }

  // ---- parts ----

  private void start(long clockOff) throws Exception {
    a = member("a", clockOff);
    b = member("b", clockOff);
  }

  private OwnershipMember member(String name, long clockOff) throws Exception {
    OwnerDisk disk = OwnerDisk.open(dir.resolve(name + ".owners"));
    disks.add(disk);
    return OwnershipMember.start(cluster, name, OPTIONS, clockOff, disk);
  }

  /** Waits until the node grants again. */
  private static OwnerAnswer claimed(OwnershipMember at, String key) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      OwnerAnswer answer = at.get(() -> at.ownership().claim(key).otherwise((OwnerAnswer) null));
      if (answer != null) {
        return answer;
      }
      at.get(
          () -> {
            io.vertx.core.Promise<Void> over = io.vertx.core.Promise.promise();
            at.lane().timer(50, over::complete);
            return over.future();
          });
    }
    throw new AssertionError(key + " was not answered");
  }
}
