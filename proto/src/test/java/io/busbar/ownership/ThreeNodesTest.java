package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ownership while members come, are killed, or have a wrong clock. */
class ThreeNodesTest {
  private static final int PATIENCE_SECONDS = 60;

  private static final OwnershipOptions OPTIONS = OwnershipOptions.DEFAULTS.withLease(1500, 300);

  private final ClusterNodes cluster = new ClusterNodes();

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void theKeysOfAKilledNodeAreTakenAfterItsLease() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS);
    OwnershipMember b = OwnershipMember.start(cluster, "b", OPTIONS);
    OwnershipMember c = OwnershipMember.start(cluster, "c", OPTIONS);
    long epoch = c.claim("k").epoch();
    for (int i = 0; i < 30; i++) {
      c.claim("k" + i);
    }
    c.kill();
    OwnerAnswer taken = claimUntilGranted(a, "k");
    assertTrue(taken.epoch() > epoch);
    for (int i = 0; i < 30; i++) {
      assertEquals(OwnerCode.GRANTED, claimUntilGranted(b, "k" + i).code());
    }
  }

  @Test
  void aMinorityGrantsNothingAndIsRead() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS);
    OwnershipMember b = OwnershipMember.start(cluster, "b", OPTIONS);
    OwnershipMember c = OwnershipMember.start(cluster, "c", OPTIONS);
    long epoch = a.claim("k").epoch();
    b.kill();
    // Until its copies are made anew a second loss would take records along.
    claimUntilGranted(a, "between");
    c.kill();
    claimUntilRefused(a, FailureCode.NO_MAJORITY);
    assertEquals(FailureCode.NO_MAJORITY, codeOf(a, () -> a.ownership().release("k", epoch)));
    OwnerRecord read = a.get(() -> a.ownership().get("k"));
    assertTrue(read == null || read.epoch() == epoch, "reads are served");
    OwnershipMember d = OwnershipMember.start(cluster, "d", OPTIONS);
    assertEquals(OwnerCode.GRANTED, claimUntilGranted(d, "after").code());
  }

  @Test
  void aNodeWithAWrongClockGrantsNothing() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS);
    OwnershipMember b = OwnershipMember.start(cluster, "b", OPTIONS);
    OwnershipMember c = OwnershipMember.start(cluster, "c", OPTIONS, 60_000);
    claimUntilRefused(c, FailureCode.CLOCK_SKEW);
    assertEquals(OwnerCode.GRANTED, a.claim("good").code());
    assertEquals(OwnerCode.GRANTED, b.claim("fine").code());
  }

  @Test
  void aNodeThatLeavesInOrderFreesItsKeysAtOnce() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS.withLease(60_000, 2_000));
    OwnershipMember b = OwnershipMember.start(cluster, "b", OPTIONS.withLease(60_000, 2_000));
    long epoch = b.claim("k").epoch();
    b.get(() -> ((io.busbar.ownership.impl.LaneOwnership) b.ownership()).stop().<Void>mapEmpty());
    OwnerAnswer taken = a.claim("k");
    assertEquals(OwnerCode.GRANTED, taken.code());
    assertNotEquals(epoch, taken.epoch());
  }

  @Test
  void releasedKeysAreForgottenAndTheirEpochsAreNot() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS.withTombstones(1000));
    long epoch = a.claim("k").epoch();
    a.get(() -> a.ownership().release("k", epoch));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (a.get(() -> a.ownership().get("k")) != null && System.nanoTime() < end) {
      pause(a, 50);
    }
    assertEquals(null, a.get(() -> a.ownership().get("k")));
    // The clock goes back to before everything.
    a.clockOff(-epoch);
    assertTrue(a.claim("k").epoch() > epoch, "the floor holds");
  }

  @Test
  void aNodeThatTakesTheOnlyCopyOfRecordsAlongIsToldOf() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS.withBackups(0));
    OwnershipMember b = OwnershipMember.start(cluster, "b", OPTIONS.withBackups(0));
    while (b.partitions() < 100) {
      pause(b, 50);
    }
    CountDownLatch told = new CountDownLatch(1);
    ClusterNodes.on(
        a.lane(),
        () ->
            a.ownership()
                .watch(
                    change -> {
                      if (change.kind() == OwnerChange.Kind.UNCERTAIN) {
                        told.countDown();
                      }
                    }));
    b.kill();
    assertTrue(told.await(60, TimeUnit.SECONDS), "nobody was told");
  }

  @Test
  void noMoreKeysThanTheLimitAreBegun() throws Exception {
    OwnershipMember a = OwnershipMember.start(cluster, "a", OPTIONS.withMaxKeys(3));
    for (int i = 0; i < 3; i++) {
      assertEquals(OwnerCode.GRANTED, a.claim("k" + i).code());
    }
    assertEquals(OwnerCode.TOO_MANY, a.claim("k3").code());
    assertEquals(OwnerCode.HELD, a.claim("k0").code());
  }

  // ---- parts ----

  private static OwnerAnswer claimUntilGranted(OwnershipMember at, String key) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < end) {
      OwnerAnswer answer = at.get(() -> at.ownership().claim(key).otherwise((OwnerAnswer) null));
      if (answer != null && answer.isDone()) {
        return answer;
      }
      pause(at, 50);
    }
    throw new AssertionError(key + " was not granted");
  }

  private static void pause(OwnershipMember at, long millis) throws Exception {
    at.get(
        () -> {
          io.vertx.core.Promise<Void> over = io.vertx.core.Promise.promise();
          at.lane().timer(millis, over::complete);
          return over.future();
        });
  }

  private interface Asking {
    Future<?> ask();
  }

  /** By how many claims a loss or a wrong clock is noticed depends on the machine. */
  private static void claimUntilRefused(OwnershipMember at, FailureCode expected) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    FailureCode refused = null;
    for (int i = 0; refused != expected && System.nanoTime() < until; i++) {
      String key = "new" + i;
      refused = codeOf(at, () -> at.ownership().claim(key));
    }
    assertEquals(expected, refused);
  }

  /** Null = it did not fail. */
  private static FailureCode codeOf(OwnershipMember at, Asking question) throws Exception {
    return at.get(
        () ->
            question
                .ask()
                .<FailureCode>map(done -> null)
                .otherwise(cause -> Failure.of(cause).code()));
  }
}
