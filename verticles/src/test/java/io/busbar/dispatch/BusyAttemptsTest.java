package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Workers that take a call, look at it and then have no room, as Fn runners do. */
class BusyAttemptsTest {
  private static final Failure NO_ROOM = Failure.of(FailureCode.BUSY, "no room");
  private static final int SECONDS = 9;

  private static Scene scene(int workers) {
    Scene scene = new Scene(1, Map.of("p", PoolOptions.DEFAULTS));
    FakeWorkers side = scene.side("a", 0);
    // The answer comes a millisecond after the call.
    side.onStart = id -> scene.net.at(scene.net.now() + 1, () -> side.finish(id, NO_ROOM));
    for (int i = 0; i < workers; i++) {
      scene.worker("a", "w" + i, "p", 10);
    }
    return scene;
  }

  @Test
  void aCallThatWaitsOnBusyWorkersMakesFewAttemptsASecond() {
    Scene scene = scene(3);
    scene.caller().call("p");
    scene.net.advance(SECONDS * 1000);
    int attempts = scene.side("a", 0).offers.size();
    // Fn makes 210 a second here; ours back off to one a second and worker.
    assertTrue(attempts >= 10 && attempts < 6 * SECONDS, attempts + " attempts");
  }

  @Test
  void ofManyWaitingCallsEachMakesFewer() {
    Scene scene = scene(3);
    for (int i = 0; i < 50; i++) {
      scene.caller().call("p");
    }
    scene.net.advance(SECONDS * 1000);
    int attempts = scene.side("a", 0).offers.size();
    assertTrue(attempts < 50 * SECONDS, attempts + " attempts of 50 calls");
  }

  @Test
  void anAttemptThatFoundNoRoomGoesToTheNextWorkerAtOnce() {
    Scene scene = scene(1);
    FakeWorkers side = scene.side("b", 0);
    side.onStart = id -> {};
    scene.announce.say(io.busbar.registry.Announcements.worker("b", "roomy", "p", 10));
    side.add("roomy", 10).service = 1;
    List<FakeCaller.Calling> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(scene.caller().call("p"));
      scene.net.advance(5);
    }
    scene.net.advance(20);
    for (FakeCaller.Calling call : calls) {
      assertEquals(1, call.ends);
      assertEquals(null, call.failure);
    }
  }

  @Test
  void busyWorkersAreNoFailedAttempts() {
    PoolOptions d = PoolOptions.DEFAULTS;
    PoolOptions one =
        new PoolOptions(
            d.runners(),
            d.dns(),
            d.queue(),
            d.queueTimeout(),
            d.affinity(),
            0,
            d.timeout(),
            d.placing(),
            d.reserve(),
            new PoolOptions.Retry(1, 10, 100, 0.5),
            d.replay(),
            d.settle());
    Scene scene = new Scene(1, Map.of("p", one));
    FakeWorkers side = scene.side("a", 0);
    int[] refused = {0};
    side.onStart =
        id -> {
          boolean busy = refused[0]++ < 3;
          scene.net.at(scene.net.now() + 1, () -> side.finish(id, busy ? NO_ROOM : null));
        };
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(5000);
    assertEquals(null, call.failure);
    assertEquals(1, call.ends);
    assertEquals(3, scene.count("busbar.attempts.busy"), 0);
    assertEquals(0, scene.count("busbar.attempts.failed"), 0);
  }

  @Test
  void whenNobodyHadRoomTheCallerIsToldWhenToComeBack() {
    Scene scene = scene(2);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(PoolOptions.DEFAULTS.queueTimeout() + 5000);
    assertEquals(FailureCode.QUEUE_TIMEOUT, call.failure.code());
    assertTrue(call.refusals.get(0).getRetryAfterMs() > 0);
  }
}
