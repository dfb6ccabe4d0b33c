package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.RequestHead;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.grpc.GrpcHeaders;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deadlines, cancels and detached calls: sections 2.8 and 2.9. */
class CancelAndDeadlineTest {
  private static final Failure GONE = Failure.of(FailureCode.CALLER_GONE, "the client left");

  private final RunnerStage stage = new RunnerStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static RequestHead.Builder http() {
    return RequestHead.newBuilder().setOrigin("http").setMethod("POST");
  }

  private CallRequest timeout(RequestHead.Builder head, long remaining, long timeout) {
    return new CallRequest(RunnerStage.POOL, head.build(), remaining, timeout, 0, "", "");
  }

  @Test
  void aCallerThatLeavesResetsTheRunnersStream() {
    stage.open();
    Promise<RunnerCall> there = Promise.promise();
    stage.runner(there::tryComplete);
    Promise<Call> open = Promise.promise();
    stage.call(
        stage.request(http()),
        call -> {
          call.body().write(Buffer.buffer("body"));
          open.complete(call);
        });
    RunnerCall call = await(there.future());
    stage.context().runOnContext(v -> open.future().result().cancel(GONE));
    assertEquals(8, await(call.reset()));
    assertEquals(Kind.CANCELLED, stage.outcome().kind());
    assertEquals(0, stage.handles.get(0).running());
  }

  @Test
  void aCallerThatLeavesInTheMiddleOfTheAnswerResetsTheRunnersStream() {
    stage.open();
    ScriptedRunner runner =
        stage.runner(call -> call.body().onSuccess(b -> call.start(200).data("first")));
    Promise<Call> open = Promise.promise();
    stage.call(
        stage.request(http()),
        call -> {
          call.body().end();
          call.response().onSuccess(response -> open.complete(call));
        });
    Call call = await(open.future());
    stage.context().runOnContext(v -> call.cancel(GONE));
    assertEquals(8, await(runner.calls().get(0).reset()));
  }

  @Test
  void aRunnerThatIsSilentBeyondTheFunctionsTimeIsToldAsSilent() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::silent);
    RunnerStage.Answer answer = await(stage.call(timeout(http(), 0, 200), Buffer.buffer("body")));
    assertEquals(FailureCode.DEADLINE_EXCEEDED, answer.end().failure().code());
    assertEquals(8, await(runner.calls().get(0).reset()));
    RunnerOutcome outcome = stage.outcome();
    assertEquals(Kind.SILENT, outcome.kind());
    assertTrue(outcome.kind().fault());
  }

  @Test
  void aCallersShortDeadlineIsNotTheRunnersFault() {
    stage.open();
    stage.runner(RunnerScripts::silent);
    RunnerStage.Answer answer =
        await(stage.call(timeout(http(), 200, 20_000), Buffer.buffer("body")));
    assertEquals(FailureCode.DEADLINE_EXCEEDED, answer.end().failure().code());
    assertEquals(Kind.CANCELLED, stage.outcome().kind());
  }

  @Test
  void headroomLetsARunnerTakeLongerThanTheFunctionsTime() {
    stage.options = stage.options.withHeadroom(60_000);
    stage.pool = PoolOptionsFor.headroom(60_000);
    stage.open();
    stage.runner(
        call ->
            call.body()
                .onSuccess(
                    b ->
                        stage.vertx.setTimer(
                            300, t -> call.context().runOnContext(v -> call.succeed()))));
    RunnerStage.Answer answer = await(stage.call(timeout(http(), 0, 100), Buffer.buffer("body")));
    assertTrue(answer.whole(), answer::toString);
  }

  @Test
  void aSyncCallCarriesNoGrpcTimeout() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    await(stage.call(Buffer.buffer("body")));
    assertNull(runner.calls().get(0).request().getHeader("grpc-timeout"));
  }

  @Test
  void aDetachedCallCarriesItsDeadlineAndIsAnsweredByTheResultStart() {
    stage.open();
    ScriptedRunner runner = stage.runner(call -> call.body().onSuccess(b -> call.start(202)));
    Promise<Integer> answered = Promise.promise();
    var answer =
        stage.call(
            timeout(http().setDetached(true), 0, 7000),
            call -> {
              call.response().onSuccess(r -> answered.complete(r.head().getStatus()));
              call.body().end(Buffer.buffer("body"));
            });
    assertEquals(202, await(answered.future()));
    assertFalse(answer.isComplete());
    RunnerCall call = runner.calls().get(0);
    String timeout = call.request().getHeader("grpc-timeout");
    assertNotNull(timeout);
    assertTrue(GrpcHeaders.timeoutMillis(timeout) <= 7000, timeout);
    assertEquals("detached", call.json().getString("type"));
    call.context().runOnContext(v -> call.succeed());
    assertTrue(await(answer).whole());
  }
}
