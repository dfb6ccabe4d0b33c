package io.busbar.ownership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that drains, and one that stays, in one JVM. */
class DrainedOwnerTest {
  /** More than are released at once. */
  private static final int KEYS = 200;

  // The lease is far longer than the test: nothing here waits for its end.
  private static final OwnershipOptions OPTIONS =
      OwnershipOptions.DEFAULTS.withLease(600_000, 1000);

  private final ClusterNodes cluster = new ClusterNodes();
  private OwnershipMember going;
  private OwnershipMember staying;

  @BeforeEach
  void start() throws Exception {
    going = OwnershipMember.start(cluster, "going", OPTIONS);
    staying = OwnershipMember.start(cluster, "staying", OPTIONS);
  }

  @AfterEach
  void stop() throws Exception {
    cluster.close();
  }

  @Test
  void whatItOwnedIsClaimableAtOnceWithHigherEpochs() throws Exception {
    Map<String, Long> before = new HashMap<>();
    for (int i = 0; i < KEYS; i++) {
      before.put("key-" + i, going.claim("key-" + i).epoch());
    }
    long sealed = before.get("key-0");
    going.get(() -> going.ownership().seal("key-0", sealed, "somebody"));

    going.owners().drain();
    ClusterNodes.await(going.owners().giveBack());

    assertEquals(List.of(), going.ownership().held());
    for (String key : before.keySet()) {
      OwnerAnswer answer = staying.claim(key);
      assertEquals(OwnerCode.GRANTED, answer.code(), key);
      assertTrue(answer.epoch() > before.get(key), key);
    }
  }

  @Test
  void itTakesNothingNewAndCanStillHandOver() throws Exception {
    long moving = going.claim("moving").epoch();
    long theirs = staying.claim("theirs").epoch();
    staying.get(() -> staying.ownership().seal("theirs", theirs, "going"));

    going.owners().drain();

    assertEquals(FailureCode.DRAINING, refusal(() -> going.ownership().claim("new")));
    assertEquals(FailureCode.DRAINING, refusal(() -> going.ownership().take("theirs", theirs)));
    Holder own = going.ownership().lease().session();
    assertEquals(
        FailureCode.DRAINING, refusal(() -> going.ownership().claim(Claim.of("named", own))));
    going.get(() -> going.ownership().seal("moving", moving, "staying"));
    OwnerAnswer taken = staying.get(() -> staying.ownership().take("moving", moving));
    assertEquals(OwnerCode.GRANTED, taken.code());
    assertTrue(taken.epoch() > moving);
    ClusterNodes.await(going.owners().giveBack());
    assertEquals(List.of(), going.ownership().held());
    assertEquals(
        OwnerCode.HELD,
        staying.get(() -> staying.ownership().check("moving", taken.epoch())).code(),
        "what was handed over stays");
  }

  private FailureCode refusal(Callable<Future<OwnerAnswer>> request) {
    ExecutionException refused = assertThrows(ExecutionException.class, () -> going.get(request));
    return Failure.of(refused.getCause()).code();
  }
}
