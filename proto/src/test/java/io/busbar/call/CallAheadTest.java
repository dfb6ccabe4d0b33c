package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Tell;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** What goes right behind an offer, and what becomes of it when the offer comes to nothing. */
class CallAheadTest {
  private static final int AHEAD = 4096;

  private final CallBed bed = CallBed.local();

  /** A worker from which messages have come for a while. */
  private CallBed.Worker known(String node, FakeWorker adapter) {
    CallBed.Worker worker = bed.worker(node, 1, adapter);
    for (int i = 0; i < 3; i++) {
      bed.callerLane.send(
          worker.lane.endpoint(),
          Item.newBuilder().setTell(Tell.newBuilder().setService("none")).build());
      bed.advance(400);
    }
    return worker;
  }

  private CallBed.Client call() {
    bed.dispatcher.ahead(AHEAD);
    return bed.open().write("body").end();
  }

  @Test
  void aSmallCallTakesOneWayThereAndBack() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    long before = bed.link.sent();
    CallBed.Client client = call();
    bed.advance(2);
    client.assertEchoed(worker);
    assertEquals(2, bed.link.sent() - before, "messages until the end");
    bed.advance(60_000);
    assertEquals(0, bed.dispatcher.open());
  }

  @Test
  void withoutItTakesTwo() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(3);
    assertEquals(0, client.ends);
    bed.advance(1);
    client.assertEchoed(worker);
  }

  @Test
  void nothingBeginsBeforeTheFirstByte() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    bed.dispatcher.ahead(AHEAD);
    CallBed.Client client = bed.open();
    bed.advance(1);
    assertEquals(1, worker.slots.running());
    assertTrue(worker.adapter.served().isEmpty());
    client.write("body").end();
    bed.advance(60_000);
    client.assertEchoed(worker);
  }

  @Test
  void aLostAcceptIsNoReasonToAskAnotherWorker() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    CallBed.Worker other = bed.worker("b", 1, FakeWorker.echo());
    bed.lose(Item::hasAccept, 1000);
    CallBed.Client client = call();
    bed.advance(60_000);
    client.assertEchoed(worker, other);
    assertEquals(0, bed.dispatcher.open());
  }

  @Test
  void aServedCallWhoseAcceptAndAnswerWereLostIsNotServedAgain() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    CallBed.Worker other = bed.worker("b", 1, FakeWorker.echo());
    bed.lose(item -> item.hasAccept() || item.hasFrame() && item.getFrame().hasOutcome(), 3);
    CallBed.Client client = call();
    bed.advance(60_000);
    client.assertEchoed(worker, other);
  }

  @Test
  void aLostOfferIsSaidAgainAndTheFrameToo() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    bed.lose(Item::hasOffer, 1);
    CallBed.Client client = call();
    bed.advance(60_000);
    client.assertEchoed(worker);
    assertEquals(1, client.end.attempts());
  }

  @Test
  void everyMessageTwiceAndInAnyOrder() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    bed.link.faults(0, 1, 0.5);
    CallBed.Client client = call();
    bed.advance(60_000);
    client.assertEchoed(worker);
  }

  @Test
  void aRejectedOfferTakesNothingFromTheNextWorker() {
    CallBed.Worker full = known("a", FakeWorker.echo());
    CallBed.Worker good = bed.worker("b", 1, FakeWorker.echo());
    full.slots.take();
    CallBed.Client client = call();
    bed.advance(1000);
    full.slots.free();
    bed.advance(60_000);
    client.assertEchoed(full, good);
    assertEquals(0, full.adapter.served().size());
  }

  @Test
  void aWorkerThatSaysBusyAfterItSawTheFrameLosesTheCall() {
    CallBed.Worker busy =
        known(
            "a",
            new FakeWorker(true, call -> call.fail(Failure.of(FailureCode.BUSY, "after all"))));
    CallBed.Worker good = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = call();
    bed.advance(60_000);
    assertNull(client.end.failure());
    assertEquals("body", client.body.toString());
    assertEquals(1, good.adapter.served().size());
    assertEquals(0, busy.slots.running());
  }

  @Test
  void whatComesLateBeginsNothingBeforeItsAcceptIsKnown() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    bed.link.delay(1500);
    CallBed.Client client = call();
    bed.advance(2900);
    assertEquals(1, worker.slots.running());
    assertTrue(worker.adapter.served().isEmpty());
    bed.advance(60_000);
    client.assertEchoed(worker);
  }

  @Test
  void aLongBodyGoesAheadOnlyAsFarAsAllowed() {
    CallBed.Worker worker = known("a", FakeWorker.echo());
    long[] ahead = {0};
    bed.link.tamper(
        item -> {
          if (item.hasFrame() && item.getFrame().getAhead()) {
            ahead[0] += item.getFrame().getData().size();
          }
          return item;
        });
    bed.dispatcher.ahead(AHEAD);
    CallBed.Client client = bed.open();
    Buffer body = Buffer.buffer(new byte[100_000]);
    client.call.body().write(body);
    client.end();
    bed.advance(60_000);
    assertNull(client.end.failure());
    assertEquals(body, client.body);
    assertEquals(AHEAD, ahead[0]);
    assertEquals(1, worker.adapter.served().size());
  }

  @Test
  void aCallThatIsCancelledOnOfferLeavesNothing() {
    CallBed.Worker worker = known("a", FakeWorker.silent());
    CallBed.Client client = call();
    bed.clock.schedule(
        0, () -> client.call.cancel(Failure.of(FailureCode.CANCELLED, "by the caller")));
    bed.advance(60_000);
    assertEquals(FailureCode.CANCELLED, client.end.failure().code());
    assertEquals(0, worker.slots.running());
    assertEquals(0, bed.dispatcher.open());
  }

  @Test
  void aNodeThatLeavesBeforeItAnsweredTakesNoCallWithIt() {
    CallBed.Worker gone = known("a", FakeWorker.echo());
    CallBed.Worker good = bed.worker("b", 1, FakeWorker.echo());
    bed.link.cut("a", "caller");
    CallBed.Client client = call();
    bed.advance(100);
    bed.nodeLeaves("a");
    gone.lane.peerLeft("caller");
    bed.advance(60_000);
    assertNull(client.end.failure());
    assertEquals("body", client.body.toString());
    assertEquals(1, good.adapter.served().size());
    assertEquals(0, gone.slots.running());
  }
}
