package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerMsg;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Detached calls: fn-runner 2.9. */
class DetachedTest {
  private static final String CALL = RunnerRig.CALL.replace("\"sync\"", "\"detached\"");

  private final RunnerRig rig = new RunnerRig();

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void accepted202ComesWhenAWorkerTookIt() {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(CALL).eof();
      FakeCall call = rig.calls.next();
      assertTrue(call.request().head().getDetached());
      call.commit();
      RunnerMsg first = engage.next();
      assertEquals(202, first.getResultStart().getHttp().getStatusCode());
      assertEquals(0, first.getResultStart().getHttp().getHeadersCount());
      call.respond(200, "X-A", "b").send(Buffer.buffer("dropped")).succeed();
      FakeEngagement.End end = engage.end();
      assertEquals(2, end.messages().size(), "output is discarded");
      assertTrue(end.finished().getSuccess());
    }
  }

  @Test
  void refusedBeforeAWorkerTookItIsJustTheFinish() {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(CALL).eof();
      rig.calls.next().fail(Failure.of(FailureCode.NO_WORKER, "none"));
      FakeEngagement.End end = engage.end();
      assertEquals(1, end.messages().size());
      assertEquals(503, end.finished().getErrorCode());
    }
  }

  @Test
  void aFailureAfter202IsNever503() {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(CALL).eof();
      FakeCall call = rig.calls.next().commit();
      engage.next();
      call.fail(Failure.of(FailureCode.BUSY_AFTER_COMMIT, "busy"));
      assertEquals(502, engage.end().finished().getErrorCode());
    }
  }

  @Test
  void itRunsOnWhenTheClientLeaves() throws Exception {
    rig.start();
    FakeCall call;
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(CALL).eof();
      call = rig.calls.next().commit();
      engage.next();
      engage.reset();
      rig.until("stream closed", () -> rig.front.http2Streams() == 0);
    }
    assertFalse(call.cancelled().isDone());
    assertEquals(1, rig.node.active());
    call.respond(200).succeed();
    rig.until("call over", () -> rig.node.active() == 0 && rig.front.openStreams() == 0);
  }

  @Test
  void aBodyCutShortByTheClientIsNotRun() throws Exception {
    rig.start();
    try (FakeFnLb lb = rig.lb()) {
      FakeEngagement engage = lb.engage().tryCall(CALL).data("half");
      FakeCall call = rig.calls.next();
      engage.reset();
      assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
    }
  }

  @Test
  void switchedOffIs501() {
    rig.options(o -> o.detached(false)).start();
    try (FakeFnLb lb = rig.lb()) {
      assertEquals(501, lb.engage().tryCall(CALL).eof().end().finished().getErrorCode());
      assertEquals(0, rig.calls.waiting());
    }
  }
}
