package io.busbar.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The call contract: what every front side together with every worker side must do, on one node and
 * on two. A subclass brings a {@link ContractStage}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CallContract {
  private static final long WAIT_SECONDS = 300;
  private static final long PLENTY = 240_000;

  /** Each of them the pool's queue time-out, 1 s. */
  private static final int WAITS_FOR_A_SLOT = 60;

  /** Each front side carries so much once; elsewhere a body that fills every window is enough. */
  private static final int LARGEST = 64 << 20;

  private static final int LARGE = 16 << 20;

  private ContractStage stage;
  private String caseId;

  /** Starts nodes, worker and client. */
  abstract ContractStage stage() throws Exception;

  /** Bytes of the largest bodies. */
  int large() {
    return Boolean.getBoolean("busbar.long") ? LARGEST : LARGE;
  }

  /** With bodies of 64 MiB. */
  abstract static class WithLargestBodies extends CallContract {
    @Override
    int large() {
      return LARGEST;
    }
  }

  @BeforeAll
  void startStage() throws Exception {
    stage = stage();
  }

  @AfterAll
  void stopStage() throws Exception {
    if (stage != null) {
      stage.close();
    }
  }

  @BeforeEach
  void newCase() {
    caseId = UUID.randomUUID().toString();
  }

  @AfterEach
  void nothingLeaks() throws Exception {
    stage.awaitIdle();
    assertTrue(seen().mostRunning() <= 1 || caseId.startsWith("many"), "two workers ran one call");
  }

  // ---- normal ----------------------------------------------------------------------------------

  @Test
  void aBodyComesBackWhole() {
    FrontSide.Exchange call = call("echo", PLENTY);
    send(call, 10_000);
    assertWhole(call, 10_000);
  }

  @Test
  void anEmptyBodyComesBackEmpty() {
    FrontSide.Exchange call = call("echo", PLENTY);
    call.endBody();
    assertWhole(call, 0);
  }

  @Test
  void aLargeRequestArrivesWhole() {
    FrontSide.Exchange call = call("discard", PLENTY);
    send(call, large());
    Result result = get(call.result());
    assertTrue(result.whole(), result::toString);
    assertEquals(Integer.toString(large()).length(), result.bytes());
  }

  @Test
  void aLargeResponseArrivesWhole() {
    FrontSide.Exchange call = call("produce:" + large(), PLENTY);
    call.endBody();
    assertWhole(call, large());
  }

  @Test
  void aLargeBodyIsEchoedWhole() {
    FrontSide.Exchange call = call("echo", PLENTY);
    send(call, large());
    assertWhole(call, large());
  }

  @Test
  void aLargeBodyIsAnsweredAfterItsEnd() {
    FrontSide.Exchange call = call("collect", PLENTY);
    send(call, large() / 4);
    assertWhole(call, large() / 4);
  }

  @Test
  void bothDirectionsStream() {
    FrontSide.Exchange call = call("echo", PLENTY);
    for (int i = 1; i <= 20; i++) {
      get(call.write(Pattern.bytes((i - 1) * 1000L, 1000)));
      get(call.received(i * 1000L));
    }
    call.endBody();
    assertWhole(call, 20_000);
  }

  @Test
  void theWorkersStatusIsTheAnswersStatus() {
    FrontSide.Exchange call = call("early", PLENTY);
    call.endBody();
    Result result = get(call.result());
    assertTrue(result.whole(), result::toString);
    assertEquals(409, result.status());
  }

  @Test
  void anAnswerBeforeTheBodyWasReadReachesTheClient() {
    FrontSide.Exchange call = call("early", PLENTY);
    // Whether it still gets out does not matter: the answer may be there first.
    call.write(Pattern.bytes(0, 1000));
    assertEquals(409, get(call.answered()));
    Result result = get(call.result());
    assertTrue(result.whole(), result::toString);
  }

  // ---- slow parties ----------------------------------------------------------------------------

  @Test
  void aSlowReaderStopsTheWorkerAndLosesNothing() {
    FrontSide.Exchange call = call("produce:" + large(), PLENTY);
    call.endBody();
    get(call.answered());
    call.pauseReading();
    assertTrue(get(seen().blocked()) < large(), "the worker was never stopped");
    call.resumeReading();
    assertWhole(call, large());
  }

  @Test
  void aSlowWorkerStopsTheClientAndLosesNothing() {
    FrontSide.Exchange call = call("slowRead", PLENTY);
    send(call, 4 << 20);
    Result result = get(call.result());
    assertTrue(result.whole(), result::toString);
    assertEquals("4194304".length(), result.bytes());
  }

  // ---- cancel ----------------------------------------------------------------------------------

  @Test
  void aCancelBeforeTheAnswerReachesTheWorker() {
    FrontSide.Exchange call = call("never", PLENTY);
    call.write(Pattern.bytes(0, 100));
    get(seen().served());
    call.cancel();
    get(seen().cancelled());
    assertFalse(get(call.result()).whole());
  }

  @Test
  void aCancelInTheMiddleOfTheAnswerReachesTheWorker() {
    FrontSide.Exchange call = call("outputThenNever:50000", PLENTY);
    call.endBody();
    get(call.received(1));
    call.cancel();
    get(seen().cancelled());
    assertFalse(get(call.result()).whole());
  }

  @Test
  void aCancelWhileWaitingForAWorkerFreesThePlace() throws Exception {
    List<FrontSide.Exchange> busy = fillSlots();
    FrontSide.Exchange waiting = call("echo", PLENTY);
    waiting.write(Pattern.bytes(0, 100));
    waiting.cancel();
    assertFalse(get(waiting.result()).whole());
    stage.awaitNobodyWaits();
    busy.forEach(FrontSide.Exchange::cancel);
    busy.forEach(call -> get(call.result()));
    assertEquals(0, seen().attempts());
  }

  // ---- the worker fails ------------------------------------------------------------------------

  @Test
  void aFailureBeforeAnyOutputIsTold() {
    assertFails("fail:unprocessable", FailureCode.UNPROCESSABLE);
  }

  @Test
  void aFailureAfterTheRequestIsTold() {
    assertFails("failAfterRequest:worker_failed", FailureCode.WORKER_FAILED);
  }

  @Test
  void aThrowingWorkerIsTold() {
    assertFails("throw", FailureCode.WORKER_FAILED);
  }

  @Test
  void aFailureAfterOutputIsNeverASuccess() {
    FrontSide.Exchange call = call("failAfterOutput:100000:worker_failed", PLENTY);
    call.endBody();
    assertFalse(get(call.result()).whole());
  }

  @Test
  void busyAfterTheWorkerSawBytesIsRetrySafeOrRetried() {
    FrontSide.Exchange call = call("busyUntilAttempt:2", PLENTY);
    send(call, 300_000);
    Result result = get(call.result());
    if (result.whole()) {
      assertEquals(300_000, result.bytes());
      assertEquals(Pattern.checksum(300_000), result.checksum());
    } else {
      assertNotEquals(Boolean.FALSE, result.retrySafe(), result::toString);
      assertEquals(0, result.bytes() * (result.status() == 200 ? 1 : 0), result::toString);
    }
  }

  // ---- deadlines -------------------------------------------------------------------------------

  @Test
  void theDeadlinePassesBeforeTheAnswer() {
    FrontSide.Exchange call = call("never", 1000);
    call.endBody();
    assertFailed(call, FailureCode.DEADLINE_EXCEEDED);
    get(seen().cancelled());
  }

  @Test
  void theDeadlinePassesWhileTheBodyIsOpen() {
    FrontSide.Exchange call = call("discard", 1000);
    call.write(Pattern.bytes(0, 100));
    assertFailed(call, FailureCode.DEADLINE_EXCEEDED);
    get(seen().cancelled());
  }

  @Test
  void theDeadlinePassesInTheMiddleOfTheAnswer() {
    FrontSide.Exchange call = call("outputThenNever:50000", 1000);
    call.endBody();
    assertFalse(get(call.result()).whole());
    get(seen().cancelled());
  }

  // ---- the queue -------------------------------------------------------------------------------

  @Test
  void aWaitingCallIsServedWhenASlotFrees() {
    List<FrontSide.Exchange> busy = fillSlots();
    FrontSide.Exchange waiting = call("echo", PLENTY);
    send(waiting, 5000);
    busy.get(0).cancel();
    assertWhole(waiting, 5000);
    busy.forEach(FrontSide.Exchange::cancel);
    busy.forEach(call -> get(call.result()));
  }

  @Test
  void aCallThatWaitsTooLongIsToldSo() {
    List<FrontSide.Exchange> busy = fillSlots();
    FrontSide.Exchange waiting = call("echo", PLENTY);
    waiting.endBody();
    assertFailed(waiting, FailureCode.QUEUE_TIMEOUT);
    busy.forEach(FrontSide.Exchange::cancel);
    busy.forEach(call -> get(call.result()));
  }

  @Test
  void aFullQueueIsToldAtOnce() {
    List<FrontSide.Exchange> busy = fillSlots();
    List<FrontSide.Exchange> extra = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FrontSide.Exchange call = call("echo", PLENTY);
      call.endBody();
      extra.add(call);
    }
    List<Result> results = extra.stream().map(call -> get(call.result())).toList();
    assertTrue(
        results.stream()
            .anyMatch(r -> r.failedWith(List.of(stage.front().shown(FailureCode.QUEUE_FULL)))),
        results::toString);
    busy.forEach(FrontSide.Exchange::cancel);
    busy.forEach(call -> get(call.result()));
  }

  @Test
  void anUnknownPoolIsToldSo() {
    FrontSide.Exchange call =
        stage.front().open("no-such-pool", Map.of("X-Case", caseId, "X-Script", "echo"), PLENTY);
    call.endBody();
    assertFailed(call, FailureCode.NO_SUCH_POOL);
  }

  // ---- somebody dies ---------------------------------------------------------------------------

  @Test
  void theWorkerDiesBeforeItAnswered() throws Exception {
    assumeTrue(stage.severalNodes(), "a plugin inside the only node goes with the node");
    FrontSide.Exchange call = call("never", 10_000);
    call.write(Pattern.bytes(0, 100));
    get(seen().served());
    stage.loseWorker();
    assertFalse(get(call.result()).whole());
    stage.restore();
    assertServes();
  }

  @Test
  void theWorkerDiesInTheMiddleOfItsAnswer() throws Exception {
    assumeTrue(stage.severalNodes(), "a plugin inside the only node goes with the node");
    FrontSide.Exchange call = call("outputThenNever:50000", 10_000);
    call.endBody();
    get(call.received(1));
    stage.loseWorker();
    assertFalse(get(call.result()).whole());
    stage.restore();
    assertServes();
  }

  @Test
  void theWorkersNodeDiesInTheMiddleOfACall() throws Exception {
    assumeTrue(stage.severalNodes(), "with one node the client loses it too");
    FrontSide.Exchange call = call("outputThenNever:50000", PLENTY);
    call.endBody();
    get(call.received(1));
    stage.loseWorkerNode();
    assertFalse(get(call.result()).whole());
    stage.restore();
    assertServes();
  }

  // ---- pieces ----------------------------------------------------------------------------------

  private ScriptLog.Seen seen() {
    return ScriptLog.of(caseId);
  }

  private FrontSide.Exchange call(String script, long timeoutMillis) {
    return stage
        .front()
        .open(stage.pool(), Map.of("X-Case", caseId, "X-Script", script), timeoutMillis);
  }

  /** Takes every slot of the worker with calls that do not end by themselves. */
  private List<FrontSide.Exchange> fillSlots() {
    List<FrontSide.Exchange> busy = new ArrayList<>();
    for (int i = 0; i < ScriptedPlugin.CONCURRENCY; i++) {
      busy.add(filler());
    }
    return busy;
  }

  /** Who waits too long comes again, but only to a worker that may give its slots one by one. */
  private FrontSide.Exchange filler() {
    for (int again = stage.slotsComeBackSlowly() ? WAITS_FOR_A_SLOT : 0; ; again--) {
      String id = "filler-" + UUID.randomUUID();
      FrontSide.Exchange call =
          stage.front().open(stage.pool(), Map.of("X-Case", id, "X-Script", "never"), PLENTY);
      call.endBody();
      Future<Void> served = ScriptLog.of(id).served();
      get(Future.any(served, call.result()));
      if (served.isComplete()) {
        return call;
      }
      assertTrue(again > 0, () -> "a slot did not come back: " + get(call.result()));
      assertFailed(call, FailureCode.QUEUE_TIMEOUT);
    }
  }

  private void assertServes() {
    // A case of its own: what is left of the lost worker may still run the old one.
    newCase();
    FrontSide.Exchange call = call("echo", PLENTY);
    send(call, 1000);
    assertWhole(call, 1000);
  }

  private void assertFails(String script, FailureCode code) {
    FrontSide.Exchange call = call(script, PLENTY);
    send(call, 1000);
    assertFailed(call, stage.told(code));
  }

  private void assertFailed(FrontSide.Exchange call, FailureCode code) {
    Result result = get(call.result());
    assertTrue(result.failedWith(List.of(stage.front().shown(code))), () -> code + ": " + result);
  }

  private static void assertWhole(FrontSide.Exchange call, long bytes) {
    Result result = get(call.result());
    assertTrue(result.whole(), result::toString);
    assertEquals(bytes, result.bytes());
    assertEquals(Pattern.checksum(bytes), result.checksum());
  }

  /** Writes as fast as the client's queue allows, then ends the body. */
  private static void send(FrontSide.Exchange call, long bytes) {
    sendFrom(call, 0, bytes);
  }

  private static void sendFrom(FrontSide.Exchange call, long from, long bytes) {
    if (from >= bytes) {
      call.endBody();
      return;
    }
    int step = (int) Math.min(64 << 10, bytes - from);
    Buffer data = Pattern.bytes(from, step);
    call.write(data).onSuccess(v -> sendFrom(call, from + step, bytes));
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("did not come: " + e, e);
    }
  }
}
