package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Item.BodyCase;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.SlotFree;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Calls that wait for a slot. */
class QueueTest {
  private static PoolOptions queue(int length) {
    PoolOptions d = PoolOptions.DEFAULTS;
    return new PoolOptions(
        d.runners(),
        d.dns(),
        length,
        d.queueTimeout(),
        d.affinity(),
        0,
        d.timeout(),
        d.placing(),
        d.reserve(),
        d.retry(),
        d.replay(),
        d.settle());
  }

  private static int homeLane(Scene scene, String pool, int lanes) {
    return scene.view.pool(pool).homeLane(lanes);
  }

  @Test
  void aFreedSlotIsGivenToTheNextCallInTheSameMoment() {
    Scene scene = new Scene(2, Map.of());
    scene.worker("a", "w", "p", 1);
    int away = 1 - homeLane(scene, "p", 2);
    FakeCaller.Calling first = scene.callers.get(away).call("p");
    scene.net.settle();
    FakeCaller.Calling second = scene.callers.get(away).call("p");
    scene.net.settle();
    assertTrue(second.taken);
    assertNull(second.assigned);
    long then = scene.net.now();
    scene.side("a", 0).finish(first.id, null);
    scene.net.settle();
    assertEquals(then, scene.net.now());
    assertEquals("w", second.assigned.getWorker());
  }

  @Test
  void anOfferTellsHowLongTheCallHasWaited() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling first = scene.caller().call("p");
    scene.net.settle();
    scene.caller().call("p");
    scene.net.advance(700);
    scene.side("a", 0).finish(first.id, null);
    scene.net.settle();
    List<Offer> offers = scene.side("a", 0).offers;
    assertEquals(0, offers.get(0).getWaitedMs());
    assertEquals(700, offers.get(offers.size() - 1).getWaitedMs());
  }

  @Test
  void waitingCallsOfAllLanesShareOneFairQueue() {
    Scene scene = new Scene(2, Map.of());
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling running = scene.caller().call("p");
    scene.net.settle();
    List<FakeCaller.Calling> greedy = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      greedy.add(scene.callers.get(i % 2).call("p", s -> s.setTenant("greedy")));
      scene.net.advance(1);
    }
    FakeCaller.Calling other = scene.callers.get(1).call("p", s -> s.setTenant("other"));
    scene.net.advance(1);
    assertEquals(5, scene.view.pool("p").waiting().get());
    FakeCaller.Calling current = running;
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      scene.side("a", 0).finish(current.id, null);
      scene.net.settle();
      for (FakeCaller caller : scene.callers) {
        for (FakeCaller.Calling call : caller.calls()) {
          if (call.assigned != null && !call.ended()) {
            current = call;
          }
        }
      }
      order.add(current.submit.getTenant());
    }
    assertEquals(List.of("greedy", "other", "greedy", "greedy", "greedy"), order);
    assertTrue(greedy.get(3).assigned != null && other.ended());
  }

  @Test
  void aNewCallDoesNotOvertakeWaitingOnes() {
    Scene scene = new Scene(2, Map.of());
    FakeWorkers.Worker worker = scene.worker("a", "w", "p", 1);
    worker.service = 10;
    for (int i = 0; i < 20; i++) {
      scene.callers.get(i % 2).call("p");
      scene.net.advance(1);
    }
    scene.net.advance(1000);
    List<Long> order = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      order.add(scene.callers.get(i % 2).calls().get(i / 2).endedAt);
    }
    List<Long> sorted = new ArrayList<>(order);
    sorted.sort(null);
    assertEquals(sorted, order);
  }

  @Test
  void aFullQueueRefusesWithATimeToRetry() {
    Scene scene = new Scene(2, Map.of("p", queue(2)));
    scene.worker("a", "w", "p", 1);
    List<FakeCaller.Calling> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      calls.add(scene.callers.get(i % 2).call("p"));
      scene.net.settle();
    }
    FakeCaller.Calling refused = calls.get(3);
    assertEquals(FailureCode.QUEUE_FULL, refused.failure.code());
    assertTrue(refused.failure.retrySafe());
    assertFalse(refused.taken);
    assertTrue(refused.refusals.get(0).getRetryAfterMs() >= 100);
    assertEquals(2, scene.view.pool("p").waiting().get());
  }

  @Test
  void theTimeToRetryFollowsTheDrainRate() {
    Scene scene = new Scene(1, Map.of("p", queue(10)));
    scene.worker("a", "w", "p", 1).service = 200;
    List<FakeCaller.Calling> refused = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      FakeCaller.Calling call = scene.caller().call("p");
      scene.net.advance(100);
      if (call.failure != null) {
        refused.add(call);
      }
    }
    assertTrue(refused.size() > 20);
    long last = refused.get(refused.size() - 1).refusals.get(0).getRetryAfterMs();
    // Ten before it at 200 ms each.
    assertTrue(last > 1500 && last < 3000, "retry after " + last);
  }

  @Test
  void aCallThatWaitedTooLongIsRefused() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("a", "w", "p", 1);
    scene.caller().call("p");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(10_010);
    assertEquals(FailureCode.QUEUE_TIMEOUT, call.failure.code());
    assertEquals(0, scene.view.pool("p").waiting().get());
  }

  @Test
  void aWorkerSharedWithOtherNodesTellsWhenItHasRoom() {
    Scene scene = new Scene(1, Map.of());
    FakeWorkers.Worker worker = scene.worker("b", "w", "p", 1);
    worker.running = 1;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertNull(call.assigned);
    assertEquals(1, worker.wake.size());
    worker.running = 0;
    for (Endpoint wake : worker.wake) {
      scene
          .net
          .lane("b", 0)
          .send(
              wake,
              Item.newBuilder()
                  .setSlotFree(SlotFree.newBuilder().setWorker("w").setRunning(0).setCapacity(1))
                  .build());
    }
    scene.net.settle();
    assertEquals("w", call.assigned.getWorker());
  }

  @Test
  void aLostSlotFreeHeals() {
    Scene scene = new Scene(1, Map.of());
    FakeWorkers.Worker worker = scene.worker("b", "w", "p", 1);
    worker.running = 1;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertNull(call.assigned);
    worker.running = 0;
    scene.net.advance(2500);
    assertEquals("w", call.assigned.getWorker());
  }

  @Test
  void waitingCostsFewOffers() {
    Scene scene = new Scene(1, Map.of());
    FakeWorkers.Worker worker = scene.worker("b", "w", "p", 1);
    worker.running = 1;
    for (int i = 0; i < 100; i++) {
      scene.caller().call("p");
    }
    scene.net.advance(9000);
    int offers = scene.net.sent(BodyCase.OFFER).size();
    assertTrue(offers < 40, offers + " offers for 100 calls in 9 s");
  }

  @Test
  void aWorkerWithMoreRoomTakesAsManyAsFit() {
    Scene scene = new Scene(2, Map.of("p", PoolOptions.DEFAULTS));
    for (int i = 0; i < 10; i++) {
      scene.callers.get(i % 2).call("p");
    }
    scene.net.settle();
    scene.worker("a", "w", "p", 7);
    scene.net.advance(150);
    assertEquals(7, scene.side("a", 0).slotsTaken());
    assertEquals(3, scene.view.pool("p").waiting().get());
  }

  @Test
  void theWaitIsMeasured() {
    Scene scene = new Scene(1, Map.of());
    scene.worker("a", "w", "p", 1).service = 100;
    scene.caller().call("p");
    scene.caller().call("p");
    scene.net.advance(300);
    var wait = scene.registry.find("busbar.queue.wait").tag("pool", "p").timer();
    assertEquals(1, wait.count());
    assertEquals(100, wait.totalTime(java.util.concurrent.TimeUnit.MILLISECONDS), 1);
  }
}
