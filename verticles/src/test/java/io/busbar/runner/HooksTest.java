package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.call.WorkerRef;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.ConfigMsg;
import io.busbar.fn.wire.LogRequestMsg;
import io.busbar.fn.wire.LogResponseMsg;
import io.busbar.testing.FakeCall;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ConfigureRunner and StreamLogs: fn-runner 4. */
class HooksTest {
  private final RunnerRig rig = new RunnerRig();
  private FakeFnLb lb;

  @AfterEach
  void stop() {
    rig.until("all streams forgotten", () -> rig.front.openStreams() == 0);
    lb.close();
    rig.close();
  }

  private void start() {
    rig.start();
    lb = rig.lb();
  }

  private FakeEngagement configure() {
    ConfigMsg message = ConfigMsg.newBuilder().putConfig("k", "v").build();
    return lb.open("/RunnerProtocol/ConfigureRunner").raw().send(message.toByteArray()).halfClose();
  }

  private FakeEngagement logs() {
    return lb.open("/RunnerProtocol/StreamLogs").raw();
  }

  @Test
  void configureWithoutAHookIsOk() {
    start();
    FakeEngagement.End end = configure().end();
    assertEquals(0, end.status());
    assertEquals(0, end.messages().get(0).length);
  }

  @Test
  void configureGoesToTheHooksPool() throws Exception {
    rig.options(o -> o.configureHook("config-hook"));
    start();
    FakeEngagement asked = configure();
    FakeCall call = rig.calls.next();
    assertEquals("config-hook", call.request().pool());
    assertEquals("/RunnerProtocol/ConfigureRunner", call.request().head().getUri());
    assertEquals("{\"k\":\"v\"}", call.sink().ended().get(20, TimeUnit.SECONDS).toString());
    call.respond(200).succeed();
    assertEquals(0, asked.end().status());
  }

  @Test
  void configureTellsWhyTheHookFailed() {
    rig.options(o -> o.configureHook("config-hook"));
    start();
    FakeEngagement asked = configure();
    rig.calls.next().fail(Failure.of(FailureCode.NO_WORKER, "no hook is there"));
    FakeEngagement.End end = asked.end();
    assertEquals(14, end.status());
    assertEquals("no hook is there", end.text());
  }

  @Test
  void configureGoesToEveryWorkerOfThePoolAFewAtATime() {
    rig.options(o -> o.configureHook("config-hook"));
    List<WorkerRef> workers = new ArrayList<>();
    for (int i = 0; i < ConfigureBroadcast.WIDTH + 1; i++) {
      workers.add(new WorkerRef("node-" + i, "hook"));
    }
    rig.workers = pool -> pool.equals("config-hook") ? workers : List.of();
    start();
    FakeEngagement asked = configure();
    List<WorkerRef> reached = new ArrayList<>();
    FakeCall first = rig.calls.next();
    reached.add(first.request().only());
    for (int i = 1; i < ConfigureBroadcast.WIDTH; i++) {
      FakeCall call = rig.calls.next();
      reached.add(call.request().only());
      call.respond(200);
    }
    assertEquals(0, rig.calls.waiting());
    first.respond(200).succeed();
    FakeCall last = rig.calls.next();
    reached.add(last.request().only());
    assertEquals(workers, reached);
    assertFalse(asked.ended());
    lb.close();
  }

  @Test
  void configureSaysWhichWorkersFailedAfterAllHaveAnswered() {
    rig.options(o -> o.configureHook("config-hook"));
    rig.workers = pool -> List.of(new WorkerRef("a", "one"), new WorkerRef("b", "two"));
    start();
    FakeEngagement asked = configure();
    FakeCall one = rig.calls.next();
    FakeCall two = rig.calls.next();
    one.respond(422).succeed();
    assertFalse(asked.ended());
    two.respond(200).succeed();
    FakeEngagement.End end = asked.end();
    assertEquals(2, end.status());
    assertEquals(
        "1 of 2 workers of pool 'config-hook' did not take the configuration: one: answered 422",
        end.text());
  }

  @Test
  void logsWithoutAHook() {
    start();
    FakeEngagement.End end = logs().end();
    assertEquals(2, end.status());
    assertEquals("runner not configured with logStreamer", end.text());
  }

  @Test
  void logsAreStreamedBothWaysThroughTheHooksPool() throws Exception {
    rig.options(o -> o.logsHook("logs-hook"));
    start();
    LogRequestMsg begin =
        LogRequestMsg.newBuilder()
            .setStart(LogRequestMsg.Start.newBuilder().putConfig("a", "b"))
            .build();
    LogRequestMsg ack =
        LogRequestMsg.newBuilder().setAck(LogRequestMsg.Ack.getDefaultInstance()).build();
    FakeEngagement collector = logs().send(begin.toByteArray()).send(ack.toByteArray());
    FakeCall call = rig.calls.next();
    rig.until("both came", () -> call.sink().bytes() >= begin.getSerializedSize() + 4);
    ByteArrayInputStream in = new ByteArrayInputStream(call.sink().written().getBytes());
    assertEquals(begin, LogRequestMsg.parseDelimitedFrom(in));
    assertEquals(ack, LogRequestMsg.parseDelimitedFrom(in));

    LogResponseMsg answer =
        LogResponseMsg.newBuilder()
            .addData(LogResponseMsg.Container.newBuilder().setApplicationId("app1"))
            .build();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    answer.writeDelimitedTo(out);
    answer.writeDelimitedTo(out);
    Buffer bytes = Buffer.buffer(out.toByteArray());
    call.respond(200).send(bytes.slice(0, 5)).send(bytes.slice(5, bytes.length()));
    collector.halfClose();
    call.sink().ended().get(20, TimeUnit.SECONDS);
    call.succeed();
    FakeEngagement.End end = collector.end();
    assertEquals(0, end.status(), end.toString());
    assertEquals(2, end.messages().size());
    assertEquals(answer, LogResponseMsg.parseFrom(end.messages().get(1)));
  }

  @Test
  void aHookThatSendsNoLogIsNamed() {
    rig.options(o -> o.logsHook("logs-hook"));
    start();
    FakeEngagement collector = logs();
    rig.calls.next().respond(200).send(Buffer.buffer(new byte[] {2, 0x0a, 0x7f}));
    FakeEngagement.End end = collector.end();
    assertEquals(13, end.status());
    assertTrue(end.text().startsWith("the log hook sent no log"), end.text());
  }

  @Test
  void aCollectorThatLeavesEndsTheHooksCall() throws Exception {
    rig.options(o -> o.logsHook("logs-hook"));
    start();
    FakeEngagement collector = logs();
    FakeCall call = rig.calls.next();
    collector.reset();
    assertEquals(FailureCode.CALLER_GONE, call.cancelled().get(20, TimeUnit.SECONDS).code());
  }
}
