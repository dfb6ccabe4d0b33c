package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.Timing;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes well on Engage: the sequence of fn-runner 2.2. */
class EngageNormalTest {
  private final RunnerRig rig = new RunnerRig();
  private FakeFnLb lb;

  @BeforeEach
  void start() {
    rig.start();
    lb = rig.lb();
  }

  @AfterEach
  void stop() {
    lb.close();
    rig.close();
  }

  @Test
  void aCallGoesThroughWithoutTheClientEndingItsSide() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("hello ").data("fn").eof();
    FakeCall call = rig.calls.next();
    assertEquals("hello fn", call.sink().ended().get(20, TimeUnit.SECONDS).toString());
    call.respond(201, "X-A", "1", "X-A", "2").send(Buffer.buffer("answer")).succeed();

    FakeEngagement.End end = engage.end();
    assertEquals(0, end.status());
    List<RunnerMsg> messages = end.runnerMessages();
    assertEquals(201, messages.get(0).getResultStart().getHttp().getStatusCode());
    assertEquals("1", messages.get(0).getResultStart().getHttp().getHeaders(0).getValue());
    assertEquals("2", messages.get(0).getResultStart().getHttp().getHeaders(1).getValue());
    assertEquals("answer", messages.get(1).getData().getData().toStringUtf8());
    assertFalse(messages.get(1).getData().getEof());
    assertTrue(end.finished().getSuccess());
    assertEquals(3, messages.size());
  }

  @Test
  void theWorkerIsToldAllThatTheLoadBalancerSaid() {
    lb.engage("fn_request_id", "req-1", "grpc-trace-bin", "AAEC", "grpc-tags-bin", "%%%")
        .tryCall(RunnerRig.CALL)
        .eof();
    FakeCall call = rig.calls.next();
    var head = call.request().head();
    assertEquals("fn", head.getOrigin());
    assertEquals(RunnerRig.CALL, head.getOriginal().toStringUtf8());
    assertEquals("http://gw.example/invoke/f1", head.getUri());
    assertEquals("POST", head.getMethod());
    assertEquals(3, head.getHeadersCount());
    assertEquals("f1", head.getFnId());
    assertEquals("a1", head.getAppId());
    assertEquals("01HZX3T7Q4NG8G00GZJ0000042", head.getClientId());
    assertEquals("req-1", head.getMetadataOrThrow("fn_request_id").toStringUtf8());
    assertArrayEquals(
        new byte[] {0, 1, 2}, head.getMetadataOrThrow("grpc-trace-bin").toByteArray());
    assertFalse(head.containsMetadata("grpc-tags-bin"), "malformed metadata is ignored");
    assertEquals(30_000, call.request().timeoutMillis());
    assertEquals(0, call.request().remainingMillis());
    assertEquals("default", call.request().pool());
  }

  @Test
  void anEmptyBodyIsOneEmptyLastFrame() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next();
    assertEquals(0, call.sink().ended().get(20, TimeUnit.SECONDS).length());
    call.respond(200).succeed();
    FakeEngagement.End end = engage.end();
    assertEquals(2, end.messages().size());
    assertTrue(end.finished().getSuccess());
  }

  @Test
  void dataAndEofInOneFrameIsFine() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("all".getBytes(), true);
    FakeCall call = rig.calls.next();
    assertEquals("all", call.sink().ended().get(20, TimeUnit.SECONDS).toString());
    call.respond(200).succeed();
    assertTrue(engage.end().finished().getSuccess());
  }

  @Test
  void endingTheSideAfterEofIsFine() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof().halfClose();
    rig.calls.next().respond(200).succeed();
    assertTrue(engage.end().finished().getSuccess());
  }

  @Test
  void whatComesAfterEofIsIgnored() throws Exception {
    FakeEngagement engage =
        lb.engage().tryCall(RunnerRig.CALL).eof().data("late").tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next();
    assertEquals(0, call.sink().ended().get(20, TimeUnit.SECONDS).length());
    call.respond(200).succeed();
    assertTrue(engage.end().finished().getSuccess());
    assertEquals(0, call.sink().bytes());
    assertEquals(0, rig.calls.waiting());
  }

  @Test
  void anAnswerBeforeTheBodyIsCompleteIsPassedOn() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).data("part");
    rig.calls.next().respond(200).send(Buffer.buffer("early")).succeed();
    FakeEngagement.End end = engage.end();
    assertEquals("early", new String(end.body()));
    assertTrue(end.finished().getSuccess());
  }

  @Test
  void responseFramesHoldAtMost10240Bytes() {
    byte[] big = new byte[100_000];
    new Random(1).nextBytes(big);
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().respond(200).send(Buffer.buffer(big)).succeed();
    FakeEngagement.End end = engage.end();
    assertArrayEquals(big, end.body());
    for (RunnerMsg message : end.runnerMessages()) {
      assertTrue(message.getData().getData().size() <= 10_240);
      assertFalse(message.getData().getEof());
    }
  }

  @Test
  void finishedCarriesIdDatesAndDurations() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls
        .next()
        .respond(200)
        .succeed(
            Timing.newBuilder()
                .setStartedAt(1_768_472_430_125L)
                .setCompletedAt(1_768_472_430_250L)
                .setScheduler(5)
                .setExecution(125_000_000)
                .build());
    CallFinished finished = engage.end().finished();
    assertEquals("01HZX3T7Q4NG8G00GZJ0000042", finished.getDetails());
    assertEquals("2026-01-15T10:20:30.125Z", finished.getStartedAt());
    assertEquals("2026-01-15T10:20:30.250Z", finished.getCompletedAt());
    assertTrue(
        finished.getCreatedAt().matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
    assertEquals(5, finished.getSchedulerDuration());
    assertEquals(125_000_000, finished.getExecutionDuration());
    assertEquals("fn/echo:1", finished.getImage());
    assertFalse(finished.getErrorUser());
  }

  @Test
  void aCallThatNeverStartedHasNoStartDate() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().fail(Failure.of(FailureCode.BUSY, "busy"));
    CallFinished finished = engage.end().finished();
    assertEquals("", finished.getStartedAt());
    assertEquals("", finished.getCompletedAt());
    assertEquals(0, finished.getExecutionDuration());
  }

  @Test
  void withoutAWorkersOwnMeasurementsTheGatewaysStand() {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().respond(200).succeed();
    CallFinished finished = engage.end().finished();
    assertTrue(finished.getCreatedAt().compareTo(finished.getStartedAt()) <= 0);
    assertTrue(finished.getStartedAt().compareTo(finished.getCompletedAt()) <= 0);
    assertTrue(finished.getExecutionDuration() > 0);
  }

  @Test
  void aStreamWhoseClientNeverEndsItsSideIsClosed() {
    for (int i = 0; i < 50; i++) {
      FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
      rig.calls.next().respond(200).send(Buffer.buffer("x")).succeed();
      assertTrue(engage.end().finished().getSuccess());
    }
    rig.until("all streams closed", () -> rig.front.http2Streams() == 0);
    rig.until("all streams forgotten", () -> rig.front.openStreams() == 0);
    assertEquals(0, rig.node.active());
    assertEquals(50, rig.node.received());
    assertEquals(50, rig.node.handled());
  }
}
