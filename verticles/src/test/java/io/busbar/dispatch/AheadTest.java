package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Item.BodyCase;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When a dispatcher lets a caller send before the worker has answered, and takes that back. */
class AheadTest {
  private final Scene scene = new Scene(1, Map.of());

  private FakeWorkers.Worker answering(String node) {
    FakeWorkers.Worker worker = scene.worker(node, "w-" + node, "p", 4);
    worker.service = 5;
    scene.caller().call("p");
    scene.net.advance(20);
    return worker;
  }

  @Test
  void aWorkerOfAnotherLaneThatAnsweredLatelyIsSentToAtOnce() {
    answering("b");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(20);
    assertNull(call.failure);
    assertEquals(1, call.offered.size());
    assertEquals(call.offered.get(0).getAttempt(), call.assigned.getAttempt());
    assertEquals(4096, call.offered.get(0).getRequestLimit());
    assertTrue(scene.side("b", 0).offers.get(1).getAhead());
    assertEquals(0, scene.net.sent(BodyCase.CANCEL).size());
  }

  @Test
  void aWorkerThatNeverAnsweredIsNot() {
    FakeWorkers.Worker worker = scene.worker("b", "w", "p", 4);
    worker.service = 5;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(20);
    assertNull(call.failure);
    assertTrue(call.offered.isEmpty());
  }

  @Test
  void aWorkerThatWasSilentForASecondIsNot() {
    answering("b");
    scene.net.advance(1500);
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(20);
    assertTrue(call.offered.isEmpty());
  }

  @Test
  void aWorkerOnTheLaneItselfIsNot() {
    answering("a");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(20);
    assertTrue(call.offered.isEmpty());
  }

  @Test
  void nothingGoesAheadWhenMemoryIsSpent() {
    answering("b");
    scene.memorySpent = true;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(20);
    assertTrue(call.offered.isEmpty());
  }

  @Test
  void aRejectIsToldToTheCallerWithTheNextAttemptSentAfterItsAccept() {
    FakeWorkers.Worker worker = answering("b");
    worker.rejects = Failure.of(FailureCode.UNAVAILABLE, "sick");
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    assertEquals(1, call.offered.size());
    assertTrue(call.taken);
    worker.rejects = null;
    scene.net.advance(5000);
    assertNull(call.failure);
    assertEquals(1, call.offered.size());
  }

  @Test
  void anAttemptSentAheadIsGivenUpOnlyWhenARunningOneWouldBe() {
    FakeWorkers.Worker worker = answering("b");
    worker.silent = true;
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.advance(14_000);
    assertEquals(0, scene.net.sent(BodyCase.CANCEL).size());
    scene.net.advance(3000);
    assertEquals(1, scene.net.sent(BodyCase.CANCEL).size());
    assertTrue(call.taken || call.ended());
  }

  @Test
  void aCallThatEndsWellBeforeItsAcceptIsHeardOfIsNoFailure() {
    answering("b");
    scene.net.filter((from, to, item) -> !item.hasAccept());
    FakeCaller.Calling call = scene.caller().call("p");
    scene.net.settle();
    call.attempt = call.offered.get(0).getAttempt();
    scene.net.advance(150);
    assertEquals(1, call.ends);
    assertNull(call.failure);
    assertEquals(0, scene.active());
    assertEquals(0, scene.net.sent(BodyCase.CANCEL).stream().filter(Item::hasCancel).count());
    assertEquals(2, scene.count("busbar.calls", "pool", "p", "outcome", "ok"));
  }
}
