package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How failures and cancels reach each side. */
class EngageFailureTest {
  private final RunnerRig rig = new RunnerRig();
  private FakeFnLb lb;

  @BeforeEach
  void start() {
    rig.start();
    lb = rig.lb();
  }

  @AfterEach
  void stop() {
    rig.until("all streams closed", () -> rig.front.http2Streams() == 0);
    rig.until("all streams forgotten", () -> rig.front.openStreams() == 0);
    assertEquals(0, rig.front.openCalls());
    assertEquals(0, rig.node.active());
    lb.close();
    rig.close();
  }

  private static void assertFinished(int code, boolean user, FakeEngagement.End end) {
    assertEquals(0, end.status());
    CallFinished finished = end.finished();
    assertFalse(finished.getSuccess());
    assertEquals(code, finished.getErrorCode());
    assertEquals(user, finished.getErrorUser());
    assertFalse(finished.getErrorStr().isEmpty());
    assertEquals("01HZX3T7Q4NG8G00GZJ0000042", finished.getDetails());
  }

  @Test
  void nobodyTookItIsA503AndNothingElse() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("body");
    rig.calls.next().fail(Failure.of(FailureCode.BUSY, "all workers are busy"));
    FakeEngagement.End end = engage.end();
    assertFinished(503, false, end);
    assertEquals("all workers are busy", end.finished().getErrorStr());
    assertEquals(1, end.messages().size());
  }

  @Test
  void theFunctionsOwnFailureIsTheUsers() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls
        .next()
        .commit()
        .fail(
            Failure.of(FailureCode.WORKER_FAILED, "function response body too large")
                .withUser(true)
                .withStatus(502)
                .at("n1", "w1"));
    FakeEngagement.End end = engage.end();
    assertFinished(502, true, end);
    assertEquals("function response body too large", end.finished().getErrorStr());
  }

  @Test
  void aPlatformFailureNamesTheWorker() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().commit().fail(Failure.of(FailureCode.WORKER_LOST, "it left").at("n1", "w1"));
    FakeEngagement.End end = engage.end();
    assertFinished(502, false, end);
    assertEquals("it left (worker w1)", end.finished().getErrorStr());
  }

  @Test
  void theFunctionsTimeoutIsA504OfTheUserWhileTheBodyIsOpen() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("some");
    rig.calls
        .next()
        .commit()
        .fail(Failure.of(FailureCode.DEADLINE_EXCEEDED, "Timed out").withUser(true));
    assertFinished(504, true, engage.end());
  }

  @Test
  void aFailureAfterOutputIsNever503() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next().respond(200).send(Buffer.buffer("some"));
    assertTrue(engage.next().hasResultStart());
    assertTrue(engage.next().hasData());
    call.fail(Failure.of(FailureCode.BUSY_AFTER_COMMIT, "too busy"));
    assertFinished(502, false, engage.end());
  }

  @Test
  void aBodyThatEndsShortIsNeverASuccess() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next().respond(200).send(Buffer.buffer("some"));
    engage.next();
    call.fail(Failure.of(FailureCode.STREAM_BROKEN, "gap"));
    assertFinished(502, false, engage.end());
  }

  @Test
  void aResetCancelsTheCallAtOnce() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("x");
    FakeCall call = rig.calls.next();
    engage.reset();
    assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void aResetAfterEofCancelsTheCallAtOnce() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next();
    call.sink().ended().get(20, TimeUnit.SECONDS);
    engage.reset();
    assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void aResetWithinTheResponseCancelsTheCallAtOnce() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof().halfClose();
    FakeCall call = rig.calls.next().respond(200).send(Buffer.buffer("some"));
    engage.next();
    engage.reset();
    assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void aLostConnectionCancelsItsCalls() throws Exception {
    FakeFnLb other = rig.lb();
    other.engage().tryCall(RunnerRig.CALL).data("x");
    FakeCall call = rig.calls.next();
    other.close();
    assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }

  @Test
  void aDeadlineOfTheClientTravelsAsRemainingTime() {
    FakeEngagement engage = lb.engage("grpc-timeout", "5S").tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next();
    long remaining = call.request().remainingMillis();
    assertTrue(remaining > 0 && remaining <= 5000, "remaining " + remaining);
    call.respond(200).succeed();
    engage.end();
  }

  @Test
  void aDeadlineBeforeTheTryCallEndsTheStream() {
    FakeEngagement engage = lb.engage("grpc-timeout", "200m");
    FakeEngagement.End end = engage.end();
    assertEquals(4, end.status());
  }

  @Test
  void aBodyThatNeverBeginsDoesNotHoldTheCallBeyondItsTime() throws Exception {
    String json = RunnerRig.CALL.replace("\"timeout\":30", "\"timeout\":2");
    FakeEngagement engage = lb.engage().tryCall(json);
    FakeCall call = rig.calls.next();
    rig.lane.advance(2000);
    assertFinished(504, true, engage.end());
    call.cancelled().get(20, TimeUnit.SECONDS);
  }
}
