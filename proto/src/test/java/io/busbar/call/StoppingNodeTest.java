package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.testing.FakeWorker;
import org.junit.jupiter.api.Test;

/** Calls that outlive the drain of their worker's node. */
class StoppingNodeTest {
  @Test
  void beforeCommitTheCallMovesToAnotherWorker() {
    CallBed bed = CallBed.local();
    CallBed.Worker stops = bed.worker("a", 1, new FakeWorker(true, c -> {}));
    CallBed.Worker lives = bed.worker("b", 1, FakeWorker.echo());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    stops.attachment.detach(Failure.of(FailureCode.DRAINING, "the worker's node stops"));
    bed.advance(1000);
    assertNull(client.end.failure());
    assertEquals("w-b", client.end.worker());
    assertEquals(0, lives.slots.running());
    assertEquals(0, stops.slots.running());
  }

  @Test
  void afterCommitTheEndIsNotSafeToRetry() {
    CallBed bed = CallBed.local();
    CallBed.Worker stops = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("body").end();
    bed.advance(100);
    stops.attachment.detach(Failure.of(FailureCode.DRAINING, "the worker's node stops"));
    bed.advance(1000);
    assertEquals(FailureCode.DRAINING, client.end.failure().code());
    assertFalse(client.end.failure().retrySafe());
    assertEquals(0, stops.slots.running());
  }
}
