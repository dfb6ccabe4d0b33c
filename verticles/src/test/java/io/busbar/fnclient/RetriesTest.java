package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which calls are made again on another runner, and with what body. Section 2.5. */
class RetriesTest {
  private static final int LARGE = 64 << 20;

  private final RunnerStage stage = new RunnerStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static Buffer bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  /** The first call there meets the one script, all others the other. */
  private static Consumer<RunnerCall> first(Consumer<RunnerCall> one, Consumer<RunnerCall> other) {
    AtomicInteger calls = new AtomicInteger();
    return call -> (calls.getAndIncrement() == 0 ? one : other).accept(call);
  }

  @Test
  void aBusyRunnerIsReplaced() {
    stage.open();
    stage.runner(first(RunnerScripts::busy, RunnerScripts::echo));
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
    assertTrue(answer.whole(), answer::toString);
    assertEquals("body", answer.body().toString());
    assertEquals(2, answer.end().attempts());
    RunnerOutcome busy = stage.outcome();
    assertEquals(Kind.BUSY, busy.kind());
    assertEquals(503, busy.code());
    assertFalse(busy.kind().fault());
  }

  @Test
  void busyIsRetriedAlsoWhenItIsBlamedOnTheUser() {
    stage.open();
    stage.runner(first(call -> call.fail(503, "busy", true), RunnerScripts::echo));
    assertTrue(await(stage.call(Buffer.buffer("body"))).whole());
  }

  @Test
  void aRawStatus503IsRetried() {
    stage.open();
    stage.runner(first(call -> call.end(503, "busy"), RunnerScripts::echo));
    assertTrue(await(stage.call(Buffer.buffer("body"))).whole());
    assertEquals(Kind.BUSY, stage.outcome().kind());
  }

  @Test
  void aBusyAnswerAfter300KiBIsReplacedWhenTheReplayHoldsThem() {
    stage.pool = PoolOptionsFor.replay(1 << 20);
    stage.open();
    stage.runner(first(RunnerScripts.busyAfter(300 << 10), RunnerScripts::echo));
    Buffer body = bytes(500_000);
    RunnerStage.Answer answer = await(stage.call(body));
    assertTrue(answer.whole(), answer::toString);
    assertEquals(body, answer.body());
    assertEquals(2, answer.end().attempts());
  }

  @Test
  void aBusyAnswerAfterMoreThanTheReplayIsARetrySafeError() {
    stage.pool = PoolOptionsFor.replay(64 << 10);
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts.busyAfter(3 << 20));
    RunnerStage.Answer answer = await(stage.call(bytes(4 << 20)));
    assertFalse(answer.whole());
    Failure failure = answer.end().failure();
    assertEquals(FailureCode.BUSY_AFTER_COMMIT, failure.code());
    assertTrue(failure.retrySafe());
    assertEquals(503, failure.httpStatus());
    assertEquals(1, runner.calls().size());
  }

  @Test
  void a64MiBBodyGetsThroughToARunnerThatAnswersAfterItsEnd() {
    stage.open();
    long[] got = new long[1];
    stage.runner(
        call ->
            call.onBody(
                data -> got[0] += data.length(),
                end -> call.start(200).data(Long.toString(got[0])).succeed()));
    RunnerStage.Answer answer =
        await(
            stage.call(
                stage.request(RequestHead.newBuilder().setOrigin("http")), RetriesTest::large));
    assertTrue(answer.whole(), answer::toString);
    assertEquals(Integer.toString(LARGE), answer.body().toString());
  }

  private static void large(Call call) {
    send(call, LARGE);
  }

  private static void send(Call call, long left) {
    long rest = left;
    while (rest > 0) {
      int step = (int) Math.min(64 << 10, rest);
      call.body().write(Buffer.buffer(new byte[step]));
      rest -= step;
      if (rest > 0 && call.body().writeQueueFull()) {
        long later = rest;
        call.body().drainHandler(v -> send(call, later));
        return;
      }
    }
    call.body().end();
  }

  @Test
  void whatFailedAfterTheCallWasSentIsNotMadeAgain() {
    stage.open();
    ScriptedRunner dropping = stage.runner(RunnerCall::drop);
    ScriptedRunner failing = stage.runner(call -> call.fail(500, "broken", false));
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
    assertFalse(answer.whole());
    assertFalse(answer.end().failure().retrySafe());
    assertEquals(1, dropping.calls().size() + failing.calls().size());
  }

  @Test
  void whenAllAreBusyForTheWholeWaitTheCallIsToldSo() {
    stage.pool = PoolOptionsFor.queueTimeout(400);
    stage.open();
    stage.runner(RunnerScripts::busy);
    stage.runner(RunnerScripts::busy);
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
    assertFalse(answer.whole());
    assertEquals(503, answer.end().failure().httpStatus());
    assertTrue(answer.end().failure().retrySafe());
  }

  @Test
  void theBodyMayStillBeOnItsWayWhenTheRunnerSaysBusy() {
    stage.open();
    ScriptedRunner runner =
        stage.runner(
            first(
                call ->
                    call.finished(
                        CallFinished.newBuilder().setErrorCode(503).setErrorStr("busy").build()),
                RunnerScripts::echo));
    Promise<Call> open = Promise.promise();
    Future<RunnerStage.Answer> answer =
        stage.call(
            stage.request(RequestHead.newBuilder().setOrigin("http")),
            call -> {
              call.body().write(Buffer.buffer("first "));
              open.complete(call);
            });
    assertEquals(Kind.BUSY, stage.outcome().kind());
    stage.context().runOnContext(v -> open.future().result().body().end(Buffer.buffer("second")));
    assertEquals("first second", await(answer).body().toString());
    await(runner.calls().get(0).closed());
  }
}
