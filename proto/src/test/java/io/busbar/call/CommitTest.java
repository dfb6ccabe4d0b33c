package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeWorker;
import io.busbar.worker.ServedCall;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** When a call is committed to its worker, and what "too busy" means before and after. */
class CommitTest {
  private static final Failure BUSY = Failure.of(FailureCode.BUSY, "too busy");
  private static final int WINDOW = 256 << 10;

  private static Buffer bytes(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i * 31 + i / 251);
    }
    return Buffer.buffer(bytes);
  }

  private static void read(ServedCall call) {
    call.request().handler(data -> {});
    call.request().resume();
  }

  @Test
  void busyAfterTheWholeBodyWasSeenGoesToTheNextWorkerWithEveryByte() {
    CallBed bed = CallBed.local();
    CallBed.Worker busy = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Worker takes = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open();
    Buffer body = bytes(200_000);
    client.call.body().write(body);
    client.end();
    bed.advance(1000);
    assertFalse(client.call.committed().isComplete());
    busy.adapter.last().fail(BUSY);
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals(body, client.body);
    assertEquals("w-b", client.end.worker());
    assertEquals(0, busy.slots.running() + takes.slots.running());
  }

  @Test
  void bodyBelowTheReplayLimitStaysWithheldWhileTheWorkerIsSilent() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open().write("short").end();
    bed.advance(10_000);
    assertFalse(worker.adapter.last().committed());
    assertFalse(client.call.committed().isComplete());
  }

  @Test
  void firstMessageOfTheWorkerCommits() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open().write("short").end();
    bed.advance(100);
    worker.adapter.last().commit();
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
  }

  @Test
  void headCommits() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open().write("short").end();
    bed.advance(100);
    worker.adapter.last().respond(ResponseHead.newBuilder().setStatus(200).build());
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
    worker.adapter.last().fail(BUSY);
    bed.advance(100);
    assertEquals(FailureCode.BUSY, client.end.failure().code());
  }

  @Test
  void workerThatCannotRejectLateCommitsAtTheFirstFrame() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(false, CommitTest::read));
    CallBed.Client client = bed.open().write("short").end();
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
  }

  @Test
  void silenceAfterTheReplayLimitCommits() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open();
    client.call.body().write(bytes(WINDOW));
    bed.advance(40);
    assertFalse(worker.adapter.last().committed(), "within the settling time");
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
  }

  @Test
  void moreBytesDoNotRestartTheSettlingTime() {
    CallBed bed = CallBed.local();
    bed.dispatcher.pool(2000, 1000, 50);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open();
    client.call.body().write(bytes(1000));
    for (int i = 0; i < 7; i++) {
      bed.advance(10);
      client.call.body().write(bytes(10));
    }
    assertTrue(worker.adapter.last().committed());
  }

  @Test
  void settlingDoesNotStartBelowTheReplayLimit() {
    CallBed bed = CallBed.local();
    bed.dispatcher.pool(2000, 1000, 50);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open();
    client.call.body().write(bytes(900));
    bed.advance(1000);
    assertFalse(worker.adapter.last().committed());
  }

  @Test
  void bodyOfAnySizeGetsThroughASilentLateWorker() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open();
    int total = 5 << 20;
    int[] written = {0};
    Runnable fill =
        () -> {
          while (written[0] < total && !client.call.body().writeQueueFull()) {
            client.call.body().write(bytes(1 << 16));
            written[0] += 1 << 16;
          }
        };
    client.call.body().drainHandler(nothing -> fill.run());
    fill.run();
    bed.advance(5000);
    assertEquals(total, written[0]);
    assertTrue(worker.adapter.last().committed());
    client.end();
    worker.adapter.last().response().end();
    bed.advance(1000);
    assertNull(client.end.failure());
  }

  @Test
  void busyAfterCommitIsDefiniteAndRetrySafe() {
    CallBed bed = CallBed.local();
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Worker other = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open();
    client.call.body().write(bytes(WINDOW));
    bed.advance(1000);
    assertTrue(worker.adapter.last().committed());
    worker.adapter.last().fail(BUSY);
    bed.advance(1000);
    assertEquals(FailureCode.BUSY_AFTER_COMMIT, client.end.failure().code());
    assertTrue(client.end.failure().retrySafe());
    assertTrue(other.adapter.served().isEmpty());
  }

  @Test
  void withoutReplayTheSettlingTimeStartsAtTheFirstFrame() {
    CallBed bed = CallBed.local();
    bed.dispatcher.pool(2000, 0, 50);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    CallBed.Client client = bed.open().write("x");
    bed.advance(1000);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
  }

  @Test
  void replayLimitAboveTheWindowLetsThatMuchThroughBeforeCommit() {
    CallBed bed = CallBed.local();
    int replay = 1 << 20;
    bed.dispatcher.pool(2000, replay, 50);
    CallBed.Worker busy = bed.worker("a", 1, new FakeWorker(true, CommitTest::read));
    bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open();
    Buffer body = bytes(900_000);
    client.call.body().write(body);
    client.end();
    bed.advance(1000);
    assertFalse(busy.adapter.last().committed());
    busy.adapter.last().fail(BUSY);
    bed.advance(2000);
    assertNull(client.end.failure());
    assertEquals(body, client.body);
  }

  @Test
  void aWorkerThatCannotSpeakYetIsNotWaitedForWhenTheReplayIsFull() {
    CallBed bed = CallBed.local();
    bed.dispatcher.pool(2000, 1000, 60_000);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read).patient());
    CallBed.Client client = bed.open();
    client.call.body().write(bytes(900));
    bed.advance(100);
    assertFalse(worker.adapter.last().committed());
    client.call.body().write(bytes(100));
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
    assertTrue(client.call.committed().succeeded());
  }

  @Test
  void aBodyAnnouncedLongerThanTheReplayIsCommittedBeforeTheCallerHasToStop() {
    CallBed bed = CallBed.local();
    int replay = 1 << 20;
    bed.dispatcher.pool(2000, replay, 60_000);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read).patient());
    RequestHead head =
        RequestHead.newBuilder().setOrigin("test").setContentLength(replay + 1).build();
    CallBed.Client client = bed.open(CallRequest.to("p", head));
    client.call.body().write(bytes(replay - 2 * WINDOW - 1));
    bed.advance(100);
    assertFalse(worker.adapter.last().committed());
    client.call.body().write(bytes(1));
    bed.advance(100);
    assertTrue(worker.adapter.last().committed());
  }

  @Test
  void aBodyAnnouncedToFitTheReplayIsKeptAsAWhole() {
    CallBed bed = CallBed.local();
    int replay = 1 << 20;
    bed.dispatcher.pool(2000, replay, 60_000);
    CallBed.Worker worker = bed.worker("a", 1, new FakeWorker(true, CommitTest::read).patient());
    RequestHead head =
        RequestHead.newBuilder().setOrigin("test").setContentLength(replay - 1).build();
    CallBed.Client client = bed.open(CallRequest.to("p", head));
    client.call.body().write(bytes(replay - 1));
    bed.advance(1000);
    assertFalse(worker.adapter.last().committed());
  }
}
