package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.impl.LaneCalls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeWorker;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each message of a call lost, doubled or late: one worker serves, no slot leaks. */
class CallRepeatsTest {
  @ParameterizedTest
  @EnumSource(
      value = Item.BodyCase.class,
      names = {"SUBMIT", "TAKEN", "ASSIGNED", "OFFER", "ACCEPT", "FRAME", "REPORT", "DONE", "TELL"})
  void callSurvivesTheLossOfOneMessage(Item.BodyCase kind) {
    CallBed bed = CallBed.remote();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.lose(kind, 1);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(60_000);
    client.assertEchoed(worker);
    assertEquals(0, bed.dispatcher.open());
    assertEquals(0, bed.calls.size());
  }

  @Test
  void everyMessageTwice() {
    CallBed bed = CallBed.remote();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.echo());
    bed.link.faults(0, 1, 0);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(60_000);
    client.assertEchoed(worker);
  }

  @Test
  void acceptLostIsSaidAgain() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.lose(Item.BodyCase.ACCEPT, 2);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(1000);
    client.assertEchoed(worker);
    assertEquals(1, client.end.attempts());
  }

  @Test
  void acceptsAllLostMoveTheCallToAnotherWorkerAndFreeTheSlot() {
    CallBed bed = CallBed.local();
    CallBed.Worker deaf = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Worker good = bed.worker("b", 1, FakeWorker.echo());
    bed.link.cut("a", "caller");
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(5000);
    client.assertEchoed(deaf, good);
    assertTrue(deaf.adapter.served().isEmpty());
  }

  @Test
  void acceptDoubledIsTakenOnce() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.echo());
    bed.link.faults(0, 1, 0);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(60_000);
    client.assertEchoed(worker);
  }

  @Test
  void offerDelayedPastItsAttemptIsRejected() {
    CallBed bed = CallBed.local();
    CallBed.Worker late = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Worker good = bed.worker("b", 1, FakeWorker.echo());
    List<Item> delayed = new ArrayList<>();
    bed.link.tamper(
        item -> {
          if (item.hasOffer() && item.getOffer().getWorker().equals(late.id())) {
            delayed.add(item);
            return null;
          }
          return item;
        });
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(4000);
    bed.link.tamper(null);
    client.assertEchoed(late, good);
    bed.callerLane.send(late.lane.endpoint(), delayed.get(0));
    bed.advance(10);
    assertEquals(0, late.slots.running());
    Item last = bed.dispatcher.received().get(bed.dispatcher.received().size() - 1);
    assertTrue(last.hasReject());
    assertTrue(last.getReject().getFailure().getRetrySafe());
  }

  @Test
  void offerAfterTheEndOfItsAttemptIsRejected() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    List<Item> offers = new ArrayList<>();
    bed.link.tamper(
        item -> {
          if (item.hasOffer()) {
            offers.add(item);
          }
          return item;
        });
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(1000);
    client.assertEchoed(worker);
    bed.callerLane.send(worker.lane.endpoint(), offers.get(0));
    bed.advance(10);
    assertEquals(0, worker.slots.running());
    assertEquals(1, worker.adapter.served().size());
  }

  @Test
  void laterAttemptOnTheSameLaneEndsTheEarlierOne() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 2, FakeWorker.silent());
    List<Item> offers = new ArrayList<>();
    bed.link.tamper(
        item -> {
          if (item.hasOffer()) {
            offers.add(item);
          }
          return item;
        });
    bed.open().write("body").end();
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    Offer next = offers.get(0).getOffer().toBuilder().setAttempt(2).build();
    bed.callerLane.send(worker.lane.endpoint(), Item.newBuilder().setOffer(next).build());
    bed.advance(1);
    assertEquals(1, worker.slots.running());
    assertEquals(FailureCode.CANCELLED, worker.adapter.cancels().get(0).code());
    bed.advance(5000);
    assertEquals(0, worker.slots.running());
  }

  @Test
  void rejectIsTheSameWhenTheOfferIsRepeated() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    worker.slots.take();
    List<Item> offers = new ArrayList<>();
    bed.link.tamper(
        item -> {
          if (item.hasOffer()) {
            offers.add(item);
          }
          return item;
        });
    bed.dispatcher.maxAttempts(1);
    bed.open().write("body").end();
    bed.advance(100);
    worker.slots.free();
    bed.callerLane.send(worker.lane.endpoint(), offers.get(0));
    bed.advance(10);
    assertEquals(0, worker.slots.running());
    assertEquals(2, bed.dispatcher.received().size());
    assertEquals(
        bed.dispatcher.received().get(0).getReject().getFailure(),
        bed.dispatcher.received().get(1).getReject().getFailure());
  }

  @Test
  void cancelBeforeItsOfferMakesTheOfferFail() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.dispatcher.maxAttempts(1);
    List<Item> offers = new ArrayList<>();
    bed.link.tamper(
        item -> {
          if (item.hasOffer()) {
            offers.add(item);
            return null;
          }
          return item;
        });
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(10);
    client.call.cancel(Failure.of(FailureCode.CANCELLED, "enough"));
    bed.advance(10);
    bed.callerLane.send(worker.lane.endpoint(), offers.get(0));
    bed.link.tamper(null);
    bed.advance(10);
    bed.callerLane.send(worker.lane.endpoint(), offers.get(0));
    bed.advance(100);
    assertEquals(0, worker.slots.running());
    assertTrue(worker.adapter.served().isEmpty());
  }

  @Test
  void lostCancelFreesTheSlotOfASilentWorkerAnyway() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    bed.lose(Item.BodyCase.CANCEL, 100);
    client.call.cancel(Failure.of(FailureCode.CANCELLED, "enough"));
    assertEquals(FailureCode.CANCELLED, client.end.failure().code());
    bed.advance(100);
    assertEquals(1, worker.slots.running(), "the cancel was lost");
    bed.advance(15_000);
    assertEquals(0, worker.slots.running());
    assertEquals(FailureCode.CALLER_GONE, worker.adapter.cancels().get(0).code());
  }

  @Test
  void lostCancelOfAReservedSlotLapses() {
    CallBed bed = CallBed.remote();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.link.tamper(item -> item.hasCancel() || item.hasAssigned() ? null : item);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    client.call.cancel(Failure.of(FailureCode.CANCELLED, "enough"));
    bed.advance(2500);
    assertEquals(0, worker.slots.running());
    assertTrue(worker.adapter.served().isEmpty());
  }

  @Test
  void lostDoneIsSaidAgainWhenTheDispatcherAsks() {
    CallBed bed = CallBed.remote();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.lose(Item.BodyCase.DONE, 1);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(1000);
    client.assertEchoed(worker);
    assertEquals(1, bed.dispatcher.open());
    bed.advance(5000);
    assertEquals(0, bed.dispatcher.open());
  }

  @Test
  void lostAttemptFailedIsSaidAgain() {
    CallBed bed = CallBed.remote();
    Failure busy = Failure.of(FailureCode.BUSY, "not now");
    CallBed.Worker no = bed.worker("a", 1, new FakeWorker(true, call -> call.fail(busy)));
    CallBed.Worker yes = bed.worker("b", 1, FakeWorker.echo());
    bed.lose(Item.BodyCase.ATTEMPT_FAILED, 2);
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(3000);
    assertNull(client.end.failure());
    assertEquals("body", client.body.toString());
    assertEquals(0, no.slots.running() + yes.slots.running());
  }

  // ---- the dispatcher's node ---------------------------------------------------------------

  private static final class TwoGateways {
    final CallBed bed = new CallBed();
    final Lane first = bed.lane("g1", 0);
    final Lane second = bed.lane("g2", 0);
    final FakeDispatcher one = new FakeDispatcher(first);
    final FakeDispatcher two = new FakeDispatcher(second);
    final CallBed.Worker worker;
    Endpoint chosen = first.endpoint();

    TwoGateways(FakeWorker adapter) {
      bed.calls = new LaneCalls(bed.callerLane, () -> chosen, null);
      bed.dispatcher = one;
      worker = bed.worker("a", 1, adapter);
      two.offerTo(worker.lane.endpoint(), worker.id(), worker.incarnation());
    }
  }

  @Test
  void dispatchersNodeLostBeforeAssignmentMovesTheCallToAnotherGateway() {
    TwoGateways both = new TwoGateways(FakeWorker.echo());
    both.one.offering(false);
    CallBed.Client client = both.bed.open().write("body").end();
    both.bed.advance(100);
    both.chosen = both.second.endpoint();
    both.bed.nodeLeaves("g1");
    both.bed.advance(100);
    client.assertEchoed(both.worker);
  }

  @Test
  void silentDispatcherIsReplaced() {
    TwoGateways both = new TwoGateways(FakeWorker.echo());
    both.one.offering(false);
    CallBed.Client client = both.bed.open().write("body").end();
    both.bed.advance(100);
    both.chosen = both.second.endpoint();
    both.bed.link.kill("g1");
    both.bed.advance(20_000);
    client.assertEchoed(both.worker);
  }

  @Test
  void dispatchersNodeLostWithoutAnotherEndsTheCallRetrySafe() {
    TwoGateways both = new TwoGateways(FakeWorker.echo());
    both.one.offering(false);
    CallBed.Client client = both.bed.open().write("body").end();
    both.bed.advance(100);
    both.chosen = null;
    both.bed.nodeLeaves("g1");
    assertNotNull(client.end);
    assertEquals(FailureCode.NODE_LOST, client.end.failure().code());
    assertTrue(client.end.failure().retrySafe());
  }

  @Test
  void dispatchersNodeLostAfterAssignmentDoesNotTouchTheCall() {
    TwoGateways both =
        new TwoGateways(
            new FakeWorker(
                false, call -> call.respond(ResponseHead.newBuilder().setStatus(200).build())));
    CallBed.Client client = both.bed.open().write("body").end();
    both.bed.advance(100);
    both.chosen = both.second.endpoint();
    both.bed.nodeLeaves("g1");
    both.bed.advance(1000);
    assertNull(client.end);
    both.worker.adapter.last().response().end();
    both.bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals(0, both.worker.slots.running());
  }

  @Test
  void whatTheOldDispatcherStillAssignsIsCancelled() {
    TwoGateways both = new TwoGateways(FakeWorker.echo());
    CallBed.Worker other = both.bed.new Worker("b", 1, FakeWorker.echo());
    FakeDispatcher old = both.one;
    old.offering(false);
    CallBed.Client client = both.bed.open().write("body").end();
    both.bed.advance(100);
    both.chosen = both.second.endpoint();
    both.bed.callerLane.peerLeft("g1");
    both.bed.advance(100);
    client.assertEchoed(both.worker);
    Item assigned =
        Item.newBuilder()
            .setAssigned(
                io.busbar.bus.v1.Assigned.newBuilder()
                    .setId(client.call.id().toWire())
                    .setAttempt(1)
                    .setNode("b")
                    .setWorker(other.id()))
            .build();
    both.first.send(both.bed.callerLane.endpoint(), assigned);
    both.bed.advance(100);
    assertEquals(0, old.open(), "the old dispatcher was told");
    assertEquals(0, other.slots.running());
  }

  @Test
  void withoutAnyDispatcherTheCallEndsAtOnce() {
    CallBed bed = new CallBed();
    bed.calls = new LaneCalls(bed.callerLane, () -> null, null);
    CallBed.Client client = bed.open().write("body").end();
    assertEquals(FailureCode.UNAVAILABLE, client.end.failure().code());
    assertTrue(client.end.failure().retrySafe());
    assertEquals(0, bed.calls.size());
  }
}
