package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Neither a slow worker nor a slow client makes the gateway hold more than its windows. */
class BackPressureTest {
  private static final int FRAME = 10_240;
  private static final long BODY = 64L << 20;

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
  void aFullWorkerStopsTheClientWithinTheStreamWindow() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL);
    FakeCall call = rig.calls.next();
    rig.onLane(() -> call.sink().countOnly().full(true));
    byte[] frame = new byte[FRAME];
    int sent = 0;
    while (sent < 200) {
      engage.data(frame, false);
      sent++;
    }
    rig.until("something came", () -> call.sink().bytes() > 0);
    FakeEngagement other = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().respond(200).succeed();
    assertTrue(other.end().finished().getSuccess(), "others on the connection are not held up");
    long got = call.sink().bytes();
    assertTrue(got <= 64 << 10, "the full worker got " + got);
    rig.onLane(() -> call.sink().drain());
    engage.eof();
    call.sink().ended().get(60, TimeUnit.SECONDS);
    assertEquals(200L * FRAME, call.sink().bytes());
    call.respond(200).succeed();
    engage.end();
  }

  @Test
  void aClientThatReadsNothingStopsTheWorker() {
    FakeEngagement engage = lb.engage().paused().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next();
    Buffer chunk = Buffer.buffer(new byte[FRAME]);
    AtomicLong made = new AtomicLong();
    rig.onLane(
        () ->
            call.source()
                .whenHungry(
                    () -> {
                      if (made.get() < BODY) {
                        made.addAndGet(FRAME);
                        call.send(chunk);
                      }
                    }));
    call.respond(200);
    rig.until("the worker is told to wait", () -> call.source().pauses() > 0);
    FakeEngagement other = lb.engage().tryCall(RunnerRig.CALL).eof();
    rig.calls.next().respond(200).succeed();
    assertTrue(other.end().finished().getSuccess(), "others on the connection are not held up");
    assertTrue(made.get() <= 400 << 10, "the worker made " + made.get());
    engage.reset();
  }

  @Test
  void theEndWaitsForAClientThatReadsLate() {
    FakeEngagement engage = lb.engage().paused().tryCall(RunnerRig.CALL).eof();
    FakeCall call = rig.calls.next().respond(200);
    // More than the window of the client holds, so that there is no room for the end.
    call.send(Buffer.buffer(new byte[40_000])).send(Buffer.buffer(new byte[60_000])).succeed();
    rig.until("call over", () -> rig.node.active() == 0);
    rig.until("stream open", () -> rig.front.http2Streams() == 1);
    engage.resume();
    FakeEngagement.End end = engage.end();
    assertEquals(0, end.status(), end.toString());
    assertTrue(end.finished().getSuccess());
    assertEquals(100_000, end.body().length);
  }

  @Test
  void aClientThatLeavesBeforeItTookTheEndLeavesNothingBehind() {
    FakeEngagement engage = lb.engage().paused().tryCall(RunnerRig.CALL).eof();
    rig.calls
        .next()
        .respond(200)
        .send(Buffer.buffer(new byte[40_000]))
        .send(Buffer.buffer(new byte[60_000]))
        .succeed();
    rig.until("call over", () -> rig.node.active() == 0);
    engage.reset();
    rig.until("stream closed", () -> rig.front.http2Streams() == 0);
    rig.until("stream forgotten", () -> rig.front.openStreams() == 0);
  }

  @Test
  void aLargeBodyGoesThroughInBothDirections() throws Exception {
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL);
    FakeCall call = rig.calls.next();
    rig.onLane(() -> call.sink().countOnly().onWrite(call::send));
    call.respond(200);
    byte[] frame = new byte[FRAME];
    for (int i = 0; i < 2000; i++) {
      engage.data(frame, false);
    }
    engage.eof();
    call.sink().ended().get(60, TimeUnit.SECONDS);
    call.succeed();
    FakeEngagement.End end = engage.end();
    assertTrue(end.finished().getSuccess());
    assertEquals(2000 * FRAME, end.body().length);
  }
}
