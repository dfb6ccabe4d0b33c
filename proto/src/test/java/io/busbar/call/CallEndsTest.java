package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.Timing;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeWorker;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a call ends: by the worker, the caller, time, or a loss, at each stage. */
class CallEndsTest {
  private static final Failure ENOUGH = Failure.of(FailureCode.CANCELLED, "enough");

  private static void assertOver(CallBed bed, CallBed.Client client, CallBed.Worker worker) {
    assertEquals(1, client.ends);
    assertEquals(0, worker.slots.running());
    assertEquals(0, worker.port.running());
    assertEquals(0, bed.calls.size());
    assertEquals(0, bed.dispatcher.open());
  }

  @Test
  void emptyBodyBothWays() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().end();
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals(0, client.body.length());
    assertOver(bed, client, worker);
  }

  @Test
  void workerThatOnlyEndsAnswers200() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(false, c -> c.response().end()));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals(200, client.response.head().getStatus());
    assertOver(bed, client, worker);
  }

  @Test
  void timingOfTheWorkerReachesTheEnd() {
    CallBed bed = CallBed.local();
    Outcome outcome = Outcome.newBuilder().setTiming(Timing.newBuilder().setExecution(42)).build();
    bed.worker("a", 1, new FakeWorker(false, c -> c.end(outcome)));
    CallBed.Client client = bed.open().end();
    bed.advance(1000);
    assertEquals(42, client.end.timing().getExecution());
  }

  @Test
  void timingIsMeasuredWhereTheWorkerTellsNone() {
    CallBed bed = CallBed.local();
    long before = System.currentTimeMillis();
    bed.worker("a", 1, new FakeWorker(false, c -> c.fail(Failure.of(FailureCode.BUSY, "no"))));
    CallBed.Client client = bed.open().end();
    bed.advance(1000);
    Timing timing = client.end.timing();
    assertTrue(before <= timing.getCreatedAt(), timing.toString());
    assertTrue(timing.getCreatedAt() <= timing.getStartedAt(), timing.toString());
    assertTrue(timing.getStartedAt() <= timing.getCompletedAt(), timing.toString());
    assertTrue(timing.getExecution() > 0, timing.toString());
  }

  @Test
  void answerBeforeTheBodyWasReadDropsTheRest() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(false, c -> c.response().end()));
    CallBed.Client client = bed.open().write("first");
    bed.advance(1000);
    assertNull(client.end.failure());
    assertOver(bed, client, worker);
    assertTrue(client.call.body().write(Buffer.buffer("more")).succeeded());
    assertFalse(client.call.body().writeQueueFull());
    assertTrue(client.call.body().end().succeeded());
  }

  @Test
  void failureOfTheWorkerIsTheEnd() {
    CallBed bed = CallBed.local();
    Failure broken = Failure.of(FailureCode.WORKER_FAILED, "boom").withUser(true).withStatus(502);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(false, c -> c.fail(broken)));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(1000);
    assertEquals(FailureCode.WORKER_FAILED, client.end.failure().code());
    assertTrue(client.end.failure().user());
    assertEquals("w-a", client.end.failure().worker());
    assertTrue(client.call.response().failed());
    assertTrue(client.call.committed().isComplete());
    assertOver(bed, client, worker);
  }

  @Test
  void failureAfterTheHeadBreaksTheBody() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker(
            "a",
            1,
            new FakeWorker(
                false,
                c -> {
                  c.response().write(Buffer.buffer("half"));
                  c.fail(Failure.of(FailureCode.WORKER_FAILED, "boom"));
                }));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(1000);
    assertEquals("half", client.body.toString());
    assertEquals(FailureCode.WORKER_FAILED, client.bodyFailure.code());
    assertEquals(0, client.bodyEnds);
    assertOver(bed, client, worker);
  }

  @Test
  void adapterThatThrowsFailsItsCallOnly() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker(
            "a",
            1,
            new FakeWorker(
                false,
                c -> {
                  throw new IllegalStateException("bug");
                }));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(1000);
    assertEquals(FailureCode.WORKER_FAILED, client.end.failure().code());
    assertTrue(client.end.failure().detail().contains("bug"));
    assertOver(bed, client, worker);
    worker.adapter.script(FakeWorker::echo);
    CallBed.Client next = bed.open().write("y").end();
    bed.advance(1000);
    assertNull(next.end.failure());
  }

  @Test
  void largeBodyWithASlowReaderArrivesWhole() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open();
    client.call.response().onSuccess(r -> r.body().pause());
    byte[] chunk = new byte[50_000];
    int chunks = 100;
    int[] written = {0};
    Runnable fill =
        () -> {
          while (written[0] < chunks && !client.call.body().writeQueueFull()) {
            chunk[0] = (byte) written[0]++;
            client.call.body().write(Buffer.buffer(chunk.clone()));
          }
          if (written[0] == chunks) {
            client.call.body().end();
          }
        };
    client.call.body().drainHandler(nothing -> fill.run());
    fill.run();
    bed.advance(1000);
    assertTrue(written[0] < chunks, "back-pressure reaches the writer");
    for (int i = 0; i < 400 && client.end == null; i++) {
      client.response.body().fetch(1);
      bed.advance(20);
    }
    assertNotNull(client.end);
    assertNull(client.end.failure());
    assertEquals(chunks * chunk.length, client.body.length());
    for (int i = 0; i < chunks; i++) {
      assertEquals((byte) i, client.body.getByte(i * chunk.length));
    }
    assertOver(bed, client, worker);
  }

  // ---- cancel by the caller ----------------------------------------------------------------

  @Test
  void cancelWhileItWaits() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.dispatcher.offering(false);
    CallBed.Client client = bed.open().write("x");
    client.call.cancel(ENOUGH);
    client.call.cancel(Failure.of(FailureCode.INTERNAL, "again"));
    bed.advance(100);
    assertEquals(ENOUGH, client.end.failure());
    assertOver(bed, client, worker);
  }

  @Test
  void cancelWhileItIsOnOffer() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.link.cut("a", "caller");
    CallBed.Client client = bed.open().write("x");
    bed.advance(100);
    assertEquals(1, worker.slots.running());
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertOver(bed, client, worker);
    assertTrue(worker.adapter.served().isEmpty());
  }

  @Test
  void cancelWhileItRuns() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("x");
    bed.advance(100);
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertEquals(FailureCode.CANCELLED, worker.adapter.cancels().get(0).code());
    assertTrue(worker.adapter.last().ended());
    assertOver(bed, client, worker);
  }

  @Test
  void cancelWhileTheAnswerStreams() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker("a", 1, new FakeWorker(false, c -> c.response().write(Buffer.buffer("some"))));
    CallBed.Client client = bed.open().write("x").end();
    bed.advance(100);
    assertEquals("some", client.body.toString());
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertEquals(ENOUGH, client.bodyFailure);
    assertEquals(0, client.bodyEnds);
    assertOver(bed, client, worker);
    assertTrue(worker.adapter.last().response().write(Buffer.buffer("late")).succeeded());
  }

  @Test
  void cancelAfterTheEndChangesNothing() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().end();
    bed.advance(1000);
    client.call.cancel(ENOUGH);
    bed.advance(100);
    assertNull(client.end.failure());
    assertOver(bed, client, worker);
  }

  @Test
  void cancelByTheDispatcherEndsARunningCall() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("x");
    bed.advance(100);
    bed.dispatcher.refuse(client.call.id(), Failure.of(FailureCode.CANCELLED, "by DELETE"));
    bed.advance(100);
    assertEquals("by DELETE", client.end.failure().detail());
    assertOver(bed, client, worker);
  }

  @Test
  void endByTheWorkerWinsOverALaterOne() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker(
            "a",
            1,
            new FakeWorker(
                false,
                c -> {
                  c.response().end();
                  c.fail(Failure.of(FailureCode.WORKER_FAILED, "late"));
                  c.end(Outcome.getDefaultInstance());
                }));
    CallBed.Client client = bed.open().end();
    bed.advance(100);
    assertNull(client.end.failure());
    assertOver(bed, client, worker);
  }

  // ---- time --------------------------------------------------------------------------------

  @Test
  void aDeadlineWhileItWaitsIsToldByTheDispatcherWhichKnowsWhy() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.dispatcher.offering(false);
    CallBed.Client client = bed.open(CallBed.request().withRemaining(500));
    bed.advance(500);
    assertNull(client.end);
    bed.dispatcher.refuse(client.call.id(), Failure.of(FailureCode.NO_WORKER, "none"), 498);
    bed.advance(1);
    assertEquals(FailureCode.NO_WORKER, client.end.failure().code());
    assertEquals(498, client.call.waitedMillis());
    assertOver(bed, client, worker);
  }

  @Test
  void aDeadlineWhileItWaitsEndsTheCallWhateverTheDispatcherSays() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    bed.dispatcher.offering(false);
    CallBed.Client client = bed.open(CallBed.request().withRemaining(500));
    bed.advance(490);
    assertNull(client.end);
    bed.advance(30 + 2 * bed.options.probeMillis());
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    assertTrue(client.end.failure().retrySafe(), "no worker ever had it");
    assertOver(bed, client, worker);
  }

  @Test
  void theWaitOfACallStandsStillWithItsEndAndIsToldToTheDispatcher() {
    CallBed bed = CallBed.local();
    bed.dispatcher.offering(false);
    CallBed.Client client = bed.open();
    bed.advance(70);
    assertEquals(70, client.call.waitedMillis());
    client.call.cancel(Failure.of(FailureCode.CANCELLED, "enough"));
    bed.advance(100);
    assertEquals(70, client.call.waitedMillis());
    assertEquals(70, bed.dispatcher.dones().get(0).getWaitedMs());
  }

  @Test
  void functionTimeIsTheUsersFaultAndToldByTheWorkersSide() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open(CallBed.request().withTimeout(300));
    bed.advance(400);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    assertTrue(client.end.failure().user());
    assertEquals("w-a", client.end.failure().worker());
    assertEquals(FailureCode.DEADLINE_EXCEEDED, worker.adapter.cancels().get(0).code());
    assertOver(bed, client, worker);
  }

  @Test
  void functionTimeCountsWhileTheBodyIsStillOpen() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open(CallBed.request().withTimeout(300)).write("part");
    bed.advance(400);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    assertOver(bed, client, worker);
  }

  @Test
  void callersDeadlineIsNotTheUsersFault() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open(CallBed.request().withRemaining(300).withTimeout(5000));
    bed.advance(400);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    assertFalse(client.end.failure().user());
    assertOver(bed, client, worker);
  }

  @Test
  void callerStillEndsInTimeWhenTheWorkersWordIsLost() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open(CallBed.request().withTimeout(300)).write("x");
    bed.advance(100);
    bed.link.cut("a", "caller");
    bed.advance(700);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    bed.advance(1000);
    assertOver(bed, client, worker);
  }

  @Test
  void deadlineWithAnUnreadAnswerEndsTheCall() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker =
        bed.worker("a", 1, new FakeWorker(false, c -> c.response().write(Buffer.buffer("some"))));
    CallBed.Client client = bed.open(CallBed.request().withTimeout(300));
    client.call.response().onSuccess(r -> r.body().pause());
    bed.advance(1000);
    assertEquals(FailureCode.DEADLINE_EXCEEDED, client.end.failure().code());
    assertOver(bed, client, worker);
  }

  // ---- losses ------------------------------------------------------------------------------

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workersNodeLostBeforeCommitMovesTheCall(boolean announced) {
    CallBed bed = CallBed.local();
    CallBed.Worker dies = bed.worker("a", 1, new FakeWorker(true, c -> {}));
    CallBed.Worker lives = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertEquals(1, dies.adapter.served().size());
    if (announced) {
      bed.nodeLeaves("a");
    } else {
      bed.link.kill("a");
    }
    bed.advance(25_000);
    assertNull(client.end.failure());
    assertEquals("body", client.body.toString());
    assertEquals("w-b", client.end.worker());
    assertOver(bed, client, lives);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void workersNodeLostAfterCommitIsADefiniteError(boolean announced) {
    CallBed bed = CallBed.local();
    CallBed.Worker dies = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Worker other = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertEquals(1, dies.adapter.served().size());
    if (announced) {
      bed.nodeLeaves("a");
    } else {
      bed.link.kill("a");
    }
    bed.advance(25_000);
    assertEquals(FailureCode.NODE_LOST, client.end.failure().code());
    assertFalse(client.end.failure().retrySafe());
    assertTrue(other.adapter.served().isEmpty());
    assertOver(bed, client, other);
  }

  @Test
  void workersNodeLostInTheAnswerBreaksTheBody() {
    CallBed bed = CallBed.local();
    bed.worker("a", 1, new FakeWorker(false, c -> c.response().write(Buffer.buffer("some"))));
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    bed.nodeLeaves("a");
    assertEquals(FailureCode.NODE_LOST, client.end.failure().code());
    assertEquals(FailureCode.NODE_LOST, client.bodyFailure.code());
    assertEquals(0, client.bodyEnds);
  }

  @Test
  void detachedWorkerBeforeCommitMovesTheCall() {
    CallBed bed = CallBed.local();
    CallBed.Worker dies = bed.worker("a", 1, new FakeWorker(true, c -> {}));
    CallBed.Worker lives = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertTrue(dies.attachment.detach().succeeded());
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals("w-b", client.end.worker());
    assertOver(bed, client, lives);
    assertEquals(0, dies.slots.running());
  }

  @Test
  void detachedWorkerAfterCommitIsADefiniteError() {
    CallBed bed = CallBed.local();
    CallBed.Worker dies = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    dies.attachment.detach();
    bed.advance(1000);
    assertEquals(FailureCode.WORKER_LOST, client.end.failure().code());
    assertFalse(client.end.failure().retrySafe());
    assertOver(bed, client, dies);
    assertEquals(FailureCode.WORKER_LOST, dies.adapter.cancels().get(0).code());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callersNodeLostFreesTheSlot(boolean announced) {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    bed.open().write("body").end();
    bed.advance(100);
    if (announced) {
      bed.nodeLeaves("caller");
    } else {
      bed.link.kill("caller");
    }
    bed.advance(25_000);
    assertEquals(0, worker.slots.running());
    assertEquals(FailureCode.CALLER_GONE, worker.adapter.cancels().get(0).code());
  }

  @Test
  void laneThatClosesEndsItsCalls() {
    CallBed bed = CallBed.local();
    bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client runs = bed.open().write("body").end();
    bed.advance(100);
    bed.dispatcher.offering(false);
    CallBed.Client waits = bed.open().write("body").end();
    bed.advance(100);
    bed.callerLane.close();
    assertEquals(FailureCode.UNAVAILABLE, runs.end.failure().code());
    assertEquals(FailureCode.UNAVAILABLE, waits.end.failure().code());
  }

  @Test
  void refusedByTheWorkerForGoodEndsTheCall() {
    CallBed bed = CallBed.local();
    Failure media = Failure.of(FailureCode.UNSUPPORTED_MEDIA, "field content-type: x");
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo().refusing(media));
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    assertEquals(FailureCode.UNSUPPORTED_MEDIA, client.end.failure().code());
    assertOver(bed, client, worker);
    assertTrue(worker.adapter.served().isEmpty());
  }

  @Test
  void slowFirstByteDoesNotLoseTheSlot() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.echo());
    CallBed.Client client = bed.open();
    bed.advance(10_000);
    assertEquals(1, worker.adapter.served().size());
    client.write("late").end();
    bed.advance(1000);
    assertEquals("late", client.body.toString());
    assertEquals(1, client.end.attempts());
    assertOver(bed, client, worker);
  }

  @Test
  void workerMaySpeakFirst() {
    CallBed bed = CallBed.local();
    bed.worker(
        "a",
        1,
        new FakeWorker(false, c -> c.respond(ResponseHead.newBuilder().setStatus(201).build())));
    CallBed.Client client = bed.open();
    bed.advance(100);
    assertEquals(201, client.response.head().getStatus());
  }
}
