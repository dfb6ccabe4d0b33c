package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Header;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.CallResultStart;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.fnclient.RunnerObserver.Oddity;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of each answer of a runner: section 2.4 of the protocol page, row by row. */
class RunnerAnswersTest {
  private final RunnerStage stage = new RunnerStage();

  @BeforeEach
  void open() {
    stage.open();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  /** Calls a runner that answers so once it has the whole body. */
  private RunnerStage.Answer answerOf(Consumer<RunnerCall> answers) {
    stage.runner(call -> call.body().onSuccess(body -> answers.accept(call)));
    return await(stage.call(Buffer.buffer("request")));
  }

  private static void assertWhole(int status, String body, RunnerStage.Answer answer) {
    assertTrue(answer.whole(), answer::toString);
    assertEquals(status, answer.head().getStatus());
    assertEquals(body, answer.body().toString());
  }

  private Failure assertFailed(FailureCode code, int status, RunnerStage.Answer answer) {
    assertFalse(answer.whole(), answer::toString);
    Failure failure = answer.end().failure();
    assertEquals(code, failure.code(), failure::detail);
    assertEquals(status, failure.httpStatus());
    assertEquals(stage.handles.get(0).workerId(), failure.worker());
    return failure;
  }

  // ---- success

  @Test
  void statusHeadersAndBodyPassAndRepeatedHeadersStay() {
    RunnerStage.Answer answer =
        answerOf(
            call -> call.start(201, "X-A", "1", "X-A", "2").data("one ").data("two").succeed());
    assertWhole(201, "one two", answer);
    List<Header> headers = answer.head().getHeadersList();
    assertEquals(List.of("1", "2"), headers.stream().map(Header::getValue).toList());
  }

  @Test
  void withoutAResultStartItIs200() {
    assertWhole(200, "body", answerOf(call -> call.data("body").succeed()));
  }

  @Test
  void withNothingButAFinishItIsAnEmpty200() {
    assertWhole(200, "", answerOf(RunnerCall::succeed));
  }

  @Test
  void status0Is200AndHeadersStay() {
    RunnerStage.Answer answer = answerOf(call -> call.start(0, "X-A", "1").succeed());
    assertWhole(200, "", answer);
    assertEquals(1, answer.head().getHeadersCount());
  }

  @Test
  void aFunctionsOwnErrorStatusPassesWithItsBody() {
    assertWhole(404, "no such", answerOf(call -> call.start(404).data("no such").succeed()));
    assertEquals(Kind.OK, stage.outcome().kind());
  }

  @Test
  void emptyMessagesAreIgnoredAndCounted() {
    RunnerStage.Answer answer =
        answerOf(
            call ->
                call.send(RunnerMsg.getDefaultInstance())
                    .send(
                        RunnerMsg.newBuilder()
                            .setResultStart(CallResultStart.getDefaultInstance())
                            .build())
                    .start(202)
                    .succeed());
    assertWhole(202, "", answer);
    assertEquals(Oddity.EMPTY_MESSAGE, stage.oddity());
    assertEquals(Oddity.EMPTY_MESSAGE, stage.oddity());
  }

  @Test
  void dataAfterEofIsPartOfTheBodyAndCounted() {
    RunnerStage.Answer answer =
        answerOf(call -> call.start(200).data("one ".getBytes(), true).data("two").succeed());
    assertWhole(200, "one two", answer);
    assertEquals(Oddity.DATA_AFTER_EOF, stage.oddity());
  }

  @Test
  void theAnswerStreamsWhileTheRunnerStillWorks() {
    ScriptedRunner runner =
        stage.runner(call -> call.body().onSuccess(body -> call.start(200).data("first ")));
    var begun = io.vertx.core.Promise.<Void>promise();
    var answer =
        stage.call(
            stage.request(io.busbar.bus.v1.RequestHead.newBuilder().setOrigin("http")),
            call -> {
              call.response().onSuccess(response -> begun.tryComplete());
              call.body().end();
            });
    await(begun.future());
    RunnerCall call = runner.calls().get(0);
    call.context().runOnContext(v -> call.data("second").succeed());
    assertWhole(200, "first second", await(answer));
  }

  @Test
  void anAnswerBeforeTheBodyWasReadIsTaken() {
    stage.runner(call -> call.start(409).data("enough").succeed());
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer(new byte[300_000])));
    assertWhole(409, "enough", answer);
  }

  @Test
  void theRunnersMeasurementsAreTold() {
    RunnerStage.Answer answer =
        answerOf(
            call -> {
              call.finished(
                  CallFinished.newBuilder()
                      .setSuccess(true)
                      .setCreatedAt("2026-11-21T01:09:03.841Z")
                      .setStartedAt("2026-11-21T01:09:03.900+00:00")
                      .setCompletedAt("no date")
                      .setSchedulerDuration(59_000_000)
                      .setExecutionDuration(-5)
                      .setImage("fn/a:1")
                      .build());
              call.end(0, "");
            });
    assertTrue(answer.whole());
    assertEquals(1795223343841L, answer.end().timing().getCreatedAt());
    assertEquals(1795223343900L, answer.end().timing().getStartedAt());
    assertEquals(0, answer.end().timing().getCompletedAt());
    assertEquals(59_000_000, answer.end().timing().getScheduler());
    assertEquals(0, answer.end().timing().getExecution());
    RunnerOutcome outcome = stage.outcome();
    assertEquals(59_000_000, outcome.schedulerNanos());
    assertEquals(0, outcome.executionNanos());
  }

  // ---- after a finish

  @Test
  void messagesAfterTheFinishChangeNothingAndAreCounted() {
    RunnerStage.Answer answer =
        answerOf(
            call -> {
              call.start(200).data("body").finished(success());
              call.data("more").finished(CallFinished.newBuilder().setErrorCode(500).build());
              call.end(0, "");
            });
    assertWhole(200, "body", answer);
    assertEquals(Oddity.MESSAGE_AFTER_FINISHED, stage.oddity());
    assertEquals(Oddity.MESSAGE_AFTER_FINISHED, stage.oddity());
  }

  @Test
  void aStatusAfterTheFinishDoesNotTakeTheSuccessAway() {
    RunnerStage.Answer answer =
        answerOf(
            call -> {
              call.start(200).data("body").finished(success());
              call.end(13, "late");
            });
    assertWhole(200, "body", answer);
    assertEquals(Oddity.STATUS_AFTER_FINISHED, stage.oddity());
  }

  @Test
  void aStreamThatIsHeldOpenAfterTheFinishDelaysNobody() {
    stage.close();
    RunnerStage patient = new RunnerStage();
    patient.options = patient.options.withLink(LinkOptionsFor.linger(50));
    try (patient) {
      patient.open();
      ScriptedRunner runner =
          patient.runner(
              call -> call.body().onSuccess(b -> call.start(200).data("body").finished(success())));
      assertWhole(200, "body", await(patient.call(Buffer.buffer("request"))));
      assertEquals(Oddity.STREAM_LEFT_OPEN, patient.oddity());
      assertEquals(8, await(runner.calls().get(0).reset()));
    }
  }

  private static CallFinished success() {
    return CallFinished.newBuilder().setSuccess(true).build();
  }

  // ---- errors of the runner

  @Test
  void anErrorOfTheUserKeepsItsCodeItsTextAndItsBlame() {
    Failure failure =
        assertFailed(
            FailureCode.WORKER_FAILED,
            504,
            answerOf(call -> call.fail(504, "Timed out\nreally", true)));
    assertTrue(failure.user());
    assertFalse(failure.retrySafe());
    assertEquals("Timed out really", failure.detail());
    RunnerOutcome outcome = stage.outcome();
    assertEquals(Kind.USER_ERROR, outcome.kind());
    assertEquals(504, outcome.code());
  }

  @Test
  void anErrorOfThePlatformIsNotBlamedOnTheUser() {
    Failure failure =
        assertFailed(
            FailureCode.WORKER_REJECTED, 501, answerOf(call -> call.fail(501, "not here", false)));
    assertFalse(failure.user());
    assertEquals(Kind.PLATFORM_ERROR, stage.outcome().kind());
  }

  @Test
  void anErrorWithoutATextSaysSo() {
    Failure failure =
        assertFailed(FailureCode.WORKER_REJECTED, 400, answerOf(call -> call.fail(400, "", false)));
    assertEquals("the runner gave no reason", failure.detail());
  }

  @Test
  void errorCode0Is500AndNever200() {
    assertFailed(
        FailureCode.WORKER_REJECTED, 500, answerOf(call -> call.fail(0, "bad JSON", false)));
  }

  @Test
  void anErrorAfterOutputIsAnError() {
    RunnerStage.Answer answer =
        answerOf(call -> call.start(200).data("part").fail(502, "response body too large", true));
    assertFailed(FailureCode.WORKER_FAILED, 502, answer);
  }

  @Test
  void afterAFailedFinishTheStreamIsClosedAtOnce() {
    ScriptedRunner runner =
        stage.runner(
            call ->
                call.finished(
                    CallFinished.newBuilder().setErrorCode(400).setErrorStr("no").build()));
    assertFailed(FailureCode.WORKER_REJECTED, 400, await(stage.call(Buffer.buffer("request"))));
    await(runner.calls().get(0).closed());
  }

  @Test
  void busyAfterOutputIsFinalAndGluesNothing() {
    stage.runner(RunnerScripts::glued);
    stage.runner(RunnerScripts::glued);
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("request")));
    assertFalse(answer.whole());
    assertEquals(FailureCode.WORKER_PROTOCOL, answer.end().failure().code());
    assertFalse(answer.end().failure().retrySafe());
    assertEquals(1, answer.end().attempts());
    assertEquals(Kind.PROTOCOL_VIOLATION, stage.outcome().kind());
  }

  @Test
  void aSecondResultStartIsAViolation() {
    Failure failure =
        assertFailed(
            FailureCode.WORKER_PROTOCOL,
            502,
            answerOf(call -> call.start(200).start(201).succeed()));
    assertTrue(failure.detail().contains("a ResultStart after output"), failure::detail);
  }

  // ---- no finish

  @Test
  void aStreamWithoutAFinishNamesTheRunnerAndWhy() {
    Failure failure =
        assertFailed(
            FailureCode.WORKER_LOST, 502, answerOf(call -> call.start(200).data("x").end(0, "")));
    assertFalse(failure.retrySafe());
    assertTrue(
        failure.detail().startsWith("runner " + stage.handles.get(0).target().address()),
        failure::detail);
    assertTrue(failure.detail().contains("without a finish"), failure::detail);
    assertEquals(Kind.DROPPED, stage.outcome().kind());
  }

  @Test
  void aStatusWithoutAFinishIsFinalAndToldWithItsText() {
    for (int status : new int[] {2, 8, 12, 14}) {
      try (RunnerStage own = new RunnerStage().open()) {
        own.runner(call -> call.body().onSuccess(b -> call.end(status, "told%20so")));
        RunnerStage.Answer answer = await(own.call(Buffer.buffer("request")));
        assertEquals(FailureCode.WORKER_REJECTED, answer.end().failure().code());
        assertFalse(answer.end().failure().retrySafe());
        String detail = answer.end().failure().detail();
        assertTrue(detail.contains("grpc-status " + status + " told so"), detail);
      }
    }
  }

  @Test
  void aStatusAloneWithoutAnyMessageIsTakenFromTheHeaders() {
    RunnerStage.Answer answer =
        answerOf(
            call -> {
              call.response().putHeader("grpc-status", "12").setChunked(false);
              call.response().end();
            });
    assertFailed(FailureCode.WORKER_REJECTED, 502, answer);
  }

  @Test
  void aLostConnectionIsFinalOnceTheCallWasSent() {
    RunnerStage.Answer answer = answerOf(RunnerCall::drop);
    Failure failure = assertFailed(FailureCode.WORKER_LOST, 502, answer);
    assertFalse(failure.retrySafe());
    assertEquals(1, answer.end().attempts());
  }

  @Test
  void aDropInTheMiddleOfTheAnswerIsNeverASuccess() {
    stage.runner(RunnerScripts::dropMidCall);
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("request")));
    assertFailed(FailureCode.WORKER_LOST, 502, answer);
  }

  @Test
  void aResetIsFinalAndToldByName() {
    Failure failure =
        assertFailed(FailureCode.WORKER_LOST, 502, answerOf(call -> call.resetWith(2)));
    assertTrue(failure.detail().contains("INTERNAL_ERROR"), failure::detail);
  }

  @Test
  void aFailureTellsNoHeadWhenNoneCame() {
    assertNull(answerOf(call -> call.fail(400, "no", true)).head());
  }
}
