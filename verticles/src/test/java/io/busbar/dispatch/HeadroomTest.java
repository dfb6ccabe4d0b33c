package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Offer;
import io.busbar.registry.Announcements;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Time that a call gets beyond its own on a dialled runner, however the runner came to its pool.
 */
class HeadroomTest {
  private static final long OWN = 5000;
  private static final long HEADROOM = 360_000;

  private final Scene scene = new Scene(1, Map.of());

  private void runner(String id) {
    scene.side("a", 0).add(id, 1);
    scene.announce.say(
        Announcements.worker("a", id, "p", 1).toBuilder()
            .setDialled(true)
            .setAddress(id + ":9190")
            .build());
  }

  private FakeCaller.Calling call(long remaining) {
    FakeCaller.Calling call =
        scene.caller().call("p", s -> s.setTimeoutMs(OWN).setRemainingMs(remaining));
    scene.net.settle();
    return call;
  }

  private Offer offer() {
    return scene.side("a", 0).offers.get(0);
  }

  @Test
  void aRunnerOfAPoolThatNobodyConfiguredGetsIt() {
    runner("r");
    FakeCaller.Calling call = call(0);
    long slot = call.assigned.getRemainingMs();
    assertTrue(slot > HEADROOM && slot <= OWN + HEADROOM, "from the slot on: " + slot);
    assertTrue(offer().getRemainingMs() >= OWN + HEADROOM, "offer: " + offer().getRemainingMs());
  }

  @Test
  void aRunnerThatJoinsWhileTheCallWaitsGetsIt() {
    scene.worker("a", "plugin", "p", 1);
    FakeCaller.Calling first = call(0);
    FakeCaller.Calling second = call(0);
    runner("r");
    scene.net.advance(1000);
    assertEquals("plugin", first.assigned.getWorker());
    assertEquals("r", second.assigned.getWorker());
    assertTrue(second.assigned.getRemainingMs() > HEADROOM);
  }

  @Test
  void otherWorkersDoNotGetIt() {
    scene.worker("a", "plugin", "p", 1);
    FakeCaller.Calling call = call(0);
    assertTrue(call.assigned.getRemainingMs() <= OWN);
    long waitAndRun = PoolOptions.DEFAULTS.queueTimeout() + OWN;
    assertTrue(offer().getRemainingMs() <= waitAndRun, "offer: " + offer().getRemainingMs());
  }

  @Test
  void aCallersDeadlineStays() {
    runner("r");
    FakeCaller.Calling call = call(7000);
    assertTrue(call.assigned.getRemainingMs() <= 7000);
    assertTrue(offer().getRemainingMs() <= 7000);
  }
}
