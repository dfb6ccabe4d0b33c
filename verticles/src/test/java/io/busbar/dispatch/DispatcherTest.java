package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Item.BodyCase;
import io.busbar.bus.v1.Offer;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a dispatcher does with one call. */
class DispatcherTest {
  private static final Map<String, PoolOptions> NONE = Map.of();

  private static PoolOptions queueTimeout(long millis) {
    PoolOptions d = PoolOptions.DEFAULTS;
    return new PoolOptions(
        d.runners(),
        d.dns(),
        d.queue(),
        millis,
        d.affinity(),
        0,
        d.timeout(),
        d.placing(),
        d.reserve(),
        d.retry(),
        d.replay(),
        d.settle());
  }

  @Test
  void aCallIsServedByTheWorkerOfItsPool() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1).service = 5;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(10);
    assertTrue(call.ended());
    assertNull(call.failure);
    assertEquals("w", call.assigned.getWorker());
    assertEquals(0, scene.active());
    assertEquals(1, scene.count("busbar.calls", "pool", "p", "outcome", "ok"));
  }

  @Test
  void anOfferCarriesWhatTheWorkerNeeds() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    scene
        .caller()
        .call(
            "p",
            s ->
                s.setRemainingMs(7000)
                    .setTimeoutMs(500)
                    .setPriority(3)
                    .setTenant("t")
                    .setResponseLimit(77));
    scene.net.settle();
    Offer offer = scene.side("a", 0).offers.get(0);
    assertEquals(7000, offer.getRemainingMs());
    assertEquals(500, offer.getTimeoutMs());
    assertEquals(3, offer.getPriority());
    assertEquals("t", offer.getTenant());
    assertEquals(77, offer.getResponseLimit());
    assertEquals(2000, offer.getReserveMs());
    assertEquals(262144, offer.getReplay());
    assertEquals(50, offer.getSettleMs());
    assertEquals(1, offer.getWorkerIncarnation());
    assertEquals("", offer.getCallerNode());
  }

  @Test
  void withoutADeadlineTheCallHasQueueTimeoutPlusTimeout() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertEquals(40_000, scene.side("a", 0).offers.get(0).getRemainingMs());
    assertEquals(30_000, call.assigned.getRemainingMs());
  }

  @Test
  void spentMemoryMeansNoReplay() {
    Scene scene = new Scene(1, NONE);
    scene.memorySpent = true;
    scene.worker("a", "w", "p", 1);
    scene.caller().call("p");
    scene.net.settle();
    assertEquals(0, scene.side("a", 0).offers.get(0).getReplay());
  }

  @Test
  void anUnknownPoolIsRefused() {
    Scene scene = new Scene(1, NONE);
    FakeCaller.Calling call = scene.caller().call("nowhere");
    scene.net.settle();
    assertEquals(FailureCode.NO_SUCH_POOL, call.failure.code());
    assertFalse(call.failure.retrySafe());
    assertTrue(call.failure.detail().contains("nowhere"), call.failure.detail());
  }

  @Test
  void aPoolWithoutWorkersMakesTheCallWaitUntilOneComes() {
    Scene scene = new Scene(1, Map.of("p", PoolOptions.DEFAULTS));
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(3000);
    assertFalse(call.ended());
    scene.worker("a", "w", "p", 1).service = 0;
    scene.net.advance(1100);
    assertTrue(call.ended());
    assertNull(call.failure);
  }

  @Test
  void aPoolThatStaysWithoutWorkersEndsTheCallAfterQueueTimeout() {
    Scene scene = new Scene(1, Map.of("p", PoolOptions.DEFAULTS));
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(9_990);
    assertFalse(call.ended());
    scene.net.advance(30);
    assertEquals(FailureCode.NO_WORKER, call.failure.code());
    assertTrue(call.failure.retrySafe());
    assertTrue(call.refusals.get(0).getRetryAfterMs() > 0);
  }

  @Test
  void aDetachedCallWaitsThePlacingTime() {
    Scene scene = new Scene(1, Map.of("p", PoolOptions.DEFAULTS));
    FakeCaller.Calling call =
        scene.caller().call("p", s -> s.setHead(s.getHead().toBuilder().setDetached(true)));
    scene.net.advance(29_990);
    assertTrue(call.taken);
    assertFalse(call.ended());
    scene.net.advance(30);
    assertEquals(FailureCode.NO_WORKER, call.failure.code());
  }

  @Test
  void aBusyWorkerMakesTheCallGoToTheNext() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w1", "p", 1).rejects = Failure.of(FailureCode.BUSY, "no");
    scene.worker("a", "w2", "p", 1).service = 0;
    for (int i = 0; i < 10; i++) {
      FakeCaller.Calling call = scene.caller().call("p");
      scene.net.advance(20);
      assertTrue(call.ended());
      assertEquals("w2", call.assigned.getWorker());
    }
  }

  @Test
  void aFinalRejectEndsTheCall() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w1", "p", 1).rejects =
        Failure.of(FailureCode.UNSUPPORTED_MEDIA, "field x").withRetrySafe(false);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertEquals(FailureCode.UNSUPPORTED_MEDIA, call.failure.code());
    assertEquals("field x", call.failure.detail());
    assertEquals(1, scene.side("a", 0).offers.size());
  }

  @Test
  void aRetriableRejectIsRepeatedWithGrowingPausesUntilTheTimeIsOver() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w1", "p", 1).rejects = Failure.of(FailureCode.UNAVAILABLE, "sick");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(11_000);
    assertEquals(FailureCode.UNAVAILABLE, call.failure.code());
    int offers = scene.side("a", 0).offers.size();
    assertTrue(offers > 8 && offers < 40, offers + " offers");
  }

  @Test
  void attemptsAreLimitedWhenThePoolSaysSo() {
    PoolOptions d = PoolOptions.DEFAULTS;
    PoolOptions three =
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
            new PoolOptions.Retry(3, 10, 100, 0.5),
            d.replay(),
            d.settle());
    Scene scene = new Scene(1, Map.of("p", three));
    scene.worker("a", "w1", "p", 1).rejects = Failure.of(FailureCode.UNAVAILABLE, "sick");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(5000);
    assertEquals(FailureCode.UNAVAILABLE, call.failure.code());
    assertEquals(3, scene.side("a", 0).offers.size());
  }

  @Test
  void anOfferIsRepeatedUntilAnswered() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w", "p", 1).silent = true;
    scene.caller().call("p");
    scene.net.advance(700);
    assertEquals(3, scene.side("b", 0).offers.size());
    assertTrue(scene.side("b", 0).offers.stream().allMatch(o -> o.getAttempt() == 1));
  }

  @Test
  void aSilentWorkerIsCancelledAndTheNextOneAsked() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "silent", "p", 1).silent = true;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(1000);
    scene.worker("c", "good", "p", 1).service = 0;
    scene.net.advance(2000);
    assertTrue(call.ended());
    assertNull(call.failure);
    assertEquals("good", call.assigned.getWorker());
    assertCancelledBeforeNextOffer(scene.net.sent());
  }

  @Test
  void aFailedAttemptIsCancelledBeforeTheNextOffer() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w1", "p", 1);
    scene.worker("b", "w2", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    String first = call.assigned.getWorker();
    scene.caller().attemptGone(call.id, 1, Failure.of(FailureCode.WORKER_LOST, "gone"));
    scene.net.advance(50);
    assertEquals(2, call.assigned.getAttempt());
    assertFalse(first.equals(call.assigned.getWorker()));
    assertCancelledBeforeNextOffer(scene.net.sent());
    assertEquals(1, scene.side("b", 0).slotsTaken());
  }

  private static void assertCancelledBeforeNextOffer(List<FakeNet.Sent> sent) {
    int offered = 0;
    int cancelled = 0;
    for (FakeNet.Sent one : sent) {
      Item item = one.item();
      if (item.getBodyCase() == BodyCase.CANCEL) {
        Cancel cancel = item.getCancel();
        cancelled = Math.max(cancelled, cancel.getAttempt());
      } else if (item.getBodyCase() == BodyCase.OFFER && item.getOffer().getAttempt() > offered) {
        assertEquals(offered, cancelled, "attempt before " + item.getOffer().getAttempt());
        offered = item.getOffer().getAttempt();
      }
    }
    assertTrue(offered > 1, "no second attempt");
  }

  @Test
  void anAcceptOfAnAttemptThatIsOverIsCancelled() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w1", "p", 1);
    boolean[] hold = {true};
    Item[] late = new Item[1];
    scene.net.filter(
        (from, to, item) -> {
          if (hold[0] && item.getBodyCase() == BodyCase.ACCEPT) {
            late[0] = item;
            return false;
          }
          return true;
        });
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(2100);
    hold[0] = false;
    scene.worker("c", "w2", "p", 1);
    scene.net.advance(2000);
    assertNotNull(call.assigned);
    int current = call.assigned.getAttempt();
    assertTrue(current > 1);
    int cancels = scene.net.sent(BodyCase.CANCEL).size();
    scene.net.lane("b", 0).send(scene.lane(0).endpoint(), late[0]);
    scene.net.settle();
    List<Item> after = scene.net.sent(BodyCase.CANCEL);
    assertEquals(cancels + 1, after.size());
    assertEquals(1, after.get(cancels).getCancel().getAttempt());
    assertEquals(1, call.assignments.size());
  }

  @Test
  void aLostAcceptIsSaidAgain() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w1", "p", 1).service = 0;
    int[] lost = {0};
    scene.net.filter((from, to, item) -> item.getBodyCase() != BodyCase.ACCEPT || ++lost[0] > 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(300);
    assertTrue(call.ended());
    assertNull(call.failure);
    assertEquals(1, scene.side("b", 0).started.size());
  }

  @Test
  void aRepeatedAcceptChangesNothing() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w1", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    Item accept = scene.net.sent(BodyCase.ACCEPT).get(0);
    scene.net.lane("b", 0).send(scene.lane(0).endpoint(), accept);
    scene.net.settle();
    assertEquals(1, call.assignments.size());
    assertEquals(0, scene.net.sent(BodyCase.CANCEL).size());
  }

  @Test
  void aCancelWhileWaitingLeavesTheQueue() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    scene.caller().call("p");
    FakeCaller.Calling second = scene.caller().call("p");
    scene.net.settle();
    assertEquals(1, scene.view.pool("p").waiting().get());
    second.cancel();
    scene.net.settle();
    assertEquals(0, scene.view.pool("p").waiting().get());
    assertEquals(1, scene.active());
  }

  @Test
  void aCancelWhileOnOfferIsToldToTheWorker() {
    Scene scene = new Scene(1, NONE);
    FakeWorkers.Worker worker = scene.worker("b", "w", "p", 1);
    worker.silent = true;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(100);
    call.cancel();
    scene.net.advance(50);
    assertEquals(1, scene.net.sent(BodyCase.CANCEL).size());
    assertEquals(0, scene.active());
    assertEquals(0, scene.view.cell("b", "w").own());
  }

  @Test
  void aCancelWhileRunningFreesTheSlot() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    call.cancel();
    scene.net.settle();
    assertEquals(0, scene.side("a", 0).slotsTaken());
    assertEquals(0, scene.view.cell("a", "w").own());
    assertEquals(1, scene.count("busbar.calls", "pool", "p", "outcome", "cancelled"));
  }

  @Test
  void aQueryTellsTheStateAndTheEnd() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call =
        scene
            .caller()
            .call("p", s -> s.setTenant("t").setHead(s.getHead().toBuilder().setClientId("c1")));
    scene.net.settle();
    assertEquals("running", scene.query(0, call.id, false).getState());
    assertEquals("w", scene.query(0, call.id, false).getWorker());
    scene.side("a", 0).finish(call.id, null);
    scene.net.settle();
    var end = scene.query(0, call.id, false);
    assertEquals("ended", end.getState());
    assertEquals(200, end.getStatus());
    assertEquals(20, end.getResponseBytes());
    assertEquals("c1", end.getClientId());
    assertEquals("t", end.getTenant());
    assertFalse(end.hasFailure());
  }

  @Test
  void aCancelByQueryEndsTheCallEverywhere() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertEquals("ended", scene.query(0, call.id, true).getState());
    scene.net.settle();
    assertEquals(FailureCode.CANCELLED, call.failure.code());
    assertEquals(0, scene.side("a", 0).slotsTaken());
  }

  @Test
  void finishedCallsAreKeptInBounds() {
    Scene scene =
        new Scene(new FakeNet(1), DispatchOptions.forLanes(1).withKeep(3, 60_000), NONE, 1);
    scene.worker("a", "w", "p", 10).service = 0;
    for (int i = 0; i < 5; i++) {
      scene.caller().call("p");
      scene.net.advance(1);
    }
    List<FakeCaller.Calling> calls = scene.caller().calls();
    assertNull(scene.query(0, calls.get(1).id, false));
    assertNotNull(scene.query(0, calls.get(2).id, false));
    scene.net.advance(60_001);
    assertNull(scene.query(0, calls.get(4).id, false));
  }

  @Test
  void aDeadlineWithoutAWorkerIsRetrySafe() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    scene.caller().call("p");
    FakeCaller.Calling call = scene.caller().call("p", s -> s.setRemainingMs(500));
    scene.net.advance(520);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, call.failure.code());
    assertTrue(call.failure.retrySafe());
  }

  @Test
  void aDeadlineInAPoolThatLostItsLastWorkerSaysThatThereIsNone() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w", "p", 1);
    scene.caller().call("p");
    FakeCaller.Calling call = scene.caller().call("p", s -> s.setRemainingMs(500));
    scene.net.advance(100);
    scene.announce.remove("b", 0, "w");
    scene.net.advance(420);
    assertEquals(FailureCode.NO_WORKER, call.failure.code());
    assertTrue(call.failure.retrySafe());
  }

  @Test
  void aCallWhoseCallerNeverSaysDoneIsEndedAfterItsTime() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p", s -> s.setTimeoutMs(1000));
    scene.net.advance(2900);
    assertEquals(1, scene.active());
    scene.net.advance(200);
    assertEquals(0, scene.active());
    assertEquals(FailureCode.DEADLINE_EXCEEDED, call.failure.code());
    assertEquals(0, scene.side("a", 0).slotsTaken());
  }

  @Test
  void aCallersLostNodeFreesTheWorker() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller member = new FakeCaller(scene.net, scene.net.lane("m", 0), scene.lane(0).endpoint());
    member.call("p");
    scene.net.settle();
    assertEquals(1, scene.side("a", 0).slotsTaken());
    scene.lane(0).peerLeft("m");
    scene.net.settle();
    assertEquals(0, scene.active());
    assertEquals(0, scene.side("a", 0).slotsTaken());
  }

  @Test
  void anOfferToALostNodeGoesToTheNextWorker() {
    Scene scene = new Scene(1, NONE);
    scene.worker("b", "w", "p", 1).silent = true;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    scene.announce.left("b");
    scene.lane(0).peerLeft("b");
    scene.worker("c", "w2", "p", 1).service = 0;
    scene.net.advance(100);
    assertTrue(call.ended());
    assertNull(call.failure);
  }

  @Test
  void aRepeatedSubmitIsAnsweredWithWhatHolds() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    int before = scene.net.sent(BodyCase.ASSIGNED).size();
    Item submit = Item.newBuilder().setSubmit(call.submit).build();
    scene.lane(0).send(scene.lane(0).endpoint(), submit);
    scene.net.settle();
    assertEquals(before + 1, scene.net.sent(BodyCase.ASSIGNED).size());
    assertEquals(1, scene.side("a", 0).offers.size());
  }

  @Test
  void drainRefusesNewCallsAndCompletesWithTheLast() {
    Scene scene = new Scene(1, NONE);
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling running = scene.caller().call("p");
    scene.net.settle();
    var drained = scene.dispatchers.get(0).drain();
    FakeCaller.Calling late = scene.caller().call("p");
    scene.net.settle();
    assertEquals(FailureCode.DRAINING, late.failure.code());
    assertTrue(late.failure.retrySafe());
    assertFalse(drained.isComplete());
    scene.side("a", 0).finish(running.id, null);
    scene.net.settle();
    assertTrue(drained.succeeded());
  }

  @Test
  void aZeroQueueTimeoutStillTriesAFreeWorker() {
    Scene scene = new Scene(1, Map.of("p", queueTimeout(0)));
    scene.worker("a", "w", "p", 1);
    FakeCaller.Calling first = scene.caller().call("p");
    scene.net.settle();
    assertNotNull(first.assigned);
    FakeCaller.Calling second = scene.caller().call("p");
    scene.net.settle();
    assertEquals(FailureCode.QUEUE_TIMEOUT, second.failure.code());
  }
}
