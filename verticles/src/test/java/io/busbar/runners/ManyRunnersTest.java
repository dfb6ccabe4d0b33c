package io.busbar.runners;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.fn.wire.RunnerStatus;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Thousands of runners on two nodes. */
class ManyRunnersTest {
  private static final int MANY = Boolean.getBoolean("busbar.long") ? 10_000 : 2000;

  @Test
  void thousandsAreSharedAndAskedOverTime() {
    RunnerWorld world = new RunnerWorld(1);
    int[] asked = {0};
    world.runners.status =
        () -> {
          asked[0]++;
          return Future.succeededFuture(RunnerStatus.getDefaultInstance());
        };
    List<RunnerAddress> addresses = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      addresses.add(RunnerAddress.parse("10.1." + i / 250 + "." + (1 + i % 250) + ":9190"));
    }
    PoolRunners pool = PoolRunners.DEFAULTS.withRunners(addresses);
    world.join("a", pool);
    world.join("b", pool);
    int mostInOneTurn = 0;
    for (int ms = 0; ms < 1000; ms++) {
      int then = world.runners.handles.size();
      world.net.advance(1);
      mostInOneTurn = Math.max(mostInOneTurn, world.runners.handles.size() - then);
    }
    assertTrue(mostInOneTurn <= 2 * 25, mostInOneTurn + " attached by two nodes at once");
    int ofA = 0;
    for (List<FakeRunners.FakeHandle> handles : world.runners.handles.values()) {
      long taking = handles.stream().filter(h -> !h.closed && !h.draining).count();
      assertEquals(1, taking);
      ofA += handles.stream().anyMatch(h -> !h.closed && h.node.equals("a")) ? 1 : 0;
    }
    assertEquals(MANY, world.runners.handles.size());
    assertTrue(
        ofA > 0.45 * MANY && ofA < 0.55 * MANY, ofA + " of " + MANY + " on one of two nodes");
    world.net.advance(20_000);
    int before = asked[0];
    int most = 0;
    for (int ms = 0; ms < 10_000; ms += 10) {
      int then = asked[0];
      world.net.advance(10);
      most = Math.max(most, asked[0] - then);
    }
    int inOneInterval = asked[0] - before;
    assertTrue(
        inOneInterval > 0.9 * MANY && inOneInterval < 1.1 * MANY,
        inOneInterval + " asked in an interval");
    assertTrue(most < 10 + MANY / 200, most + " asked within 10 ms of " + MANY);
  }
}
