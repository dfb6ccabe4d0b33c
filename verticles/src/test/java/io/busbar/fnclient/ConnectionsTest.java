package io.busbar.fnclient;

import static io.busbar.fnclient.RunnerStage.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.busbar.fnclient.RunnerOutcome.Kind;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.RunnerScripts;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connections to a runner: how many, their limits, their ends. Section 2.5, 5.5 and 2.10. */
class ConnectionsTest {
  private final RunnerStage stage = new RunnerStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private static HttpServerOptions streams(HttpServerOptions options, long most) {
    return options.setInitialSettings(new Http2Settings().setMaxConcurrentStreams(most));
  }

  /** Waits, turn by turn of the lane, until the condition holds. */
  private void until(String what, BooleanSupplier condition) {
    Promise<Void> done = Promise.promise();
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    stage.context().runOnContext(v -> check(what, condition, limit, done));
    await(done.future());
  }

  private void check(String what, BooleanSupplier condition, long limit, Promise<Void> done) {
    if (condition.getAsBoolean()) {
      done.complete();
    } else if (System.nanoTime() > limit) {
      done.fail("never happened: " + what);
    } else {
      stage.vertx.setTimer(1, t -> check(what, condition, limit, done));
    }
  }

  @Test
  void oneConnectionServesManyCallsAtOnce() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    List<Future<RunnerStage.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(stage.call(Buffer.buffer("body " + i)));
    }
    for (int i = 0; i < 50; i++) {
      assertEquals("body " + i, await(calls.get(i)).body().toString());
    }
    assertEquals(1, runner.accepted());
  }

  @Test
  void aTinyStreamLimitSpillsToMoreConnections() throws Exception {
    stage.options = stage.options.withLink(LinkOptionsFor.connections(4));
    stage.open();
    CountDownLatch all = new CountDownLatch(6);
    List<RunnerCall> held = java.util.Collections.synchronizedList(new ArrayList<>());
    ScriptedRunner runner =
        ScriptedRunner.start(
            stage.vertx,
            call -> {
              held.add(call);
              all.countDown();
            },
            options -> streams(options, 2));
    stage.attach(runner);
    List<Future<RunnerStage.Answer>> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(stage.call(Buffer.buffer("body")));
    }
    assertTrue(all.await(30, TimeUnit.SECONDS), "only " + held.size() + " calls were open at once");
    assertEquals(3, runner.accepted());
    held.forEach(call -> call.context().runOnContext(v -> call.succeed()));
    for (Future<RunnerStage.Answer> call : calls) {
      assertTrue(await(call).whole());
    }
  }

  @Test
  void whenAllStreamsOfARunnerAreTakenTheNextCallGoesToAnother() {
    stage.options = stage.options.withLink(LinkOptionsFor.connections(1));
    stage.open();
    ScriptedRunner tiny =
        ScriptedRunner.start(stage.vertx, RunnerScripts::silent, options -> streams(options, 1));
    stage.attach(tiny);
    var first = stage.call(Buffer.buffer("held"));
    until("the first call", () -> tiny.calls().size() == 1);
    stage.runner(RunnerScripts::echo);
    for (int i = 0; i < 10; i++) {
      RunnerStage.Answer answer = await(stage.call(Buffer.buffer("other")));
      assertTrue(answer.whole(), answer::toString);
    }
    assertEquals(1, tiny.calls().size());
    assertFalse(first.isComplete());
  }

  @Test
  void aNodeWithoutRoomForAnotherConnectionUsesThoseItHas() {
    stage.mostConnections = 1;
    stage.open();
    ScriptedRunner one = stage.runner(RunnerScripts::echo);
    ScriptedRunner other = stage.runner(RunnerScripts::echo);
    for (int i = 0; i < 20; i++) {
      RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
      assertTrue(answer.whole(), answer::toString);
    }
    assertEquals(1, one.connections() + other.connections());
    assertEquals(List.of(), stage.watcher.dialFailures);
  }

  @Test
  void aConnectionThatEndedLeavesItsRoomToAnother() {
    stage.mostConnections = 1;
    stage.open();
    ScriptedRunner one = stage.runner(RunnerScripts::echo);
    await(stage.call(Buffer.buffer("body")));
    assertEquals(1, one.connections());
    await(stage.handles.get(0).close());
    stage.runner(RunnerScripts::echo);
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
    assertTrue(answer.whole(), answer::toString);
  }

  @Test
  void aRefusedStreamGoesToTheNextRunner() {
    stage.open();
    stage.runner(RunnerScripts::refuse);
    stage.runner(RunnerScripts::echo);
    for (int i = 0; i < 10; i++) {
      RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
      assertTrue(answer.whole(), answer::toString);
      assertEquals("body", answer.body().toString());
    }
  }

  @Test
  void aRefusedStreamIsToldAsNotProcessed() {
    stage.open();
    int[] calls = new int[1];
    stage.runner(
        call -> {
          if (calls[0]++ == 0) {
            RunnerScripts.refuse(call);
          } else {
            RunnerScripts.echo(call);
          }
        });
    assertTrue(await(stage.call(Buffer.buffer("body"))).whole());
    assertEquals(Kind.NOT_PROCESSED, stage.outcome().kind());
    assertEquals(Kind.OK, stage.outcome().kind());
  }

  @Test
  void aGoawayThatLeavesACallOutSendsItElsewhere() {
    stage.open();
    ScriptedRunner leaving = stage.runner(call -> call.goAway(-2));
    stage.runner(RunnerScripts::echo);
    for (int i = 0; i < 10; i++) {
      RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
      assertTrue(answer.whole(), answer::toString);
    }
    assertEquals(
        leaving.calls().size(), leaving.accepted(), "a connection was used after a GOAWAY");
  }

  @Test
  void anAdvisoryGoawayEndsNothingAndTheConnectionClosesOnceIdle() {
    stage.open();
    Promise<RunnerCall> open = Promise.promise();
    ScriptedRunner runner = stage.runner(open::tryComplete);
    var call = stage.call(Buffer.buffer("body"));
    RunnerCall held = await(open.future());
    runner.script(RunnerScripts::echo);
    runner.goAway(Integer.MAX_VALUE);
    until("the GOAWAY", () -> stage.watcher.goneAway.get() == 1);
    assertTrue(await(stage.call(Buffer.buffer("next"))).whole());
    assertEquals(2, runner.accepted());
    assertFalse(call.isComplete());
    held.context().runOnContext(v -> held.start(200).data("late").succeed());
    RunnerStage.Answer answer = await(call);
    assertTrue(answer.whole(), answer::toString);
    until("the first connection closed", () -> runner.connections() == 1);
  }

  @Test
  void aRunnerThatIsNotThereIsTriedAgainLaterAndTold() {
    stage.options = stage.options.withLink(LinkOptionsFor.backoff(20));
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    runner.kill();
    var call = stage.call(Buffer.buffer("body"));
    // A dial that meets the runner while it dies is cut off; the next ones find nobody.
    until(
        "a dial found nobody",
        () ->
            stage.watcher.dialFailures.stream()
                .anyMatch(failure -> failure.startsWith("no connection to 127.0.0.1:")));
    assertFalse(call.isComplete());
    runner.restart();
    RunnerStage.Answer answer = await(call);
    assertTrue(answer.whole(), answer::toString);
  }

  @Test
  void aRunnerThatIsNeverThereIsUnavailable() {
    stage.pool = PoolOptionsFor.queueTimeout(300);
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    runner.kill();
    RunnerStage.Answer answer = await(stage.call(Buffer.buffer("body")));
    assertEquals(FailureCode.UNAVAILABLE, answer.end().failure().code());
    assertTrue(answer.end().failure().retrySafe());
  }

  @Test
  void aKilledRunnerThatComesBackServesAgain() {
    stage.options = stage.options.withLink(LinkOptionsFor.backoff(20));
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    assertTrue(await(stage.call(Buffer.buffer("one"))).whole());
    runner.kill();
    // A call on a connection whose end is still on its way fails for good: its bytes were sent.
    until("the end was noticed", () -> stage.handles.get(0).connections() == 0);
    runner.restart();
    assertTrue(await(stage.call(Buffer.buffer("two"))).whole());
    assertEquals(2, runner.accepted());
  }

  @Test
  void anIdleConnectionIsClosed() {
    stage.options = stage.options.withLink(LinkOptionsFor.idle(50));
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    assertTrue(await(stage.call(Buffer.buffer("one"))).whole());
    until("closed", () -> runner.connections() == 0 && stage.handles.get(0).connections() == 0);
    assertTrue(await(stage.call(Buffer.buffer("two"))).whole());
  }

  @Test
  void noPingIsSentUnlessAskedFor() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    List<Buffer> pings = new ArrayList<>();
    runner.script(
        call -> {
          call.request().connection().pingHandler(pings::add);
          RunnerScripts.echo(call);
        });
    assertTrue(await(stage.call(Buffer.buffer("one"))).whole());
    assertTrue(pings.isEmpty());
  }

  @Test
  void keepaliveAsksARunnerThatIsSilentOnACall() {
    stage.options = stage.options.withLink(LinkOptionsFor.keepalive(60));
    stage.open();
    Promise<Buffer> pinged = Promise.promise();
    ScriptedRunner runner =
        stage.runner(call -> call.request().connection().pingHandler(pinged::tryComplete));
    var call = stage.call(Buffer.buffer("body"));
    await(pinged.future());
    RunnerCall held = runner.calls().get(0);
    held.context().runOnContext(v -> held.succeed());
    assertTrue(await(call).whole());
  }

  @Test
  void aStatusComesOverTheSameConnection() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::echo);
    assertTrue(await(stage.call(Buffer.buffer("one"))).whole());
    assertEquals(0, await(stage.handles.get(0).status(20_000)).getActive());
    assertEquals(1, runner.accepted());
  }

  @Test
  void aClosedRunnerEndsItsCallsAndConnections() {
    stage.open();
    ScriptedRunner runner = stage.runner(RunnerScripts::silent);
    var call = stage.call(Buffer.buffer("body"));
    until("the call", () -> runner.calls().size() == 1);
    await(stage.handles.get(0).close());
    stage.runner(RunnerScripts::echo);
    RunnerStage.Answer answer = await(call);
    assertTrue(answer.whole(), answer::toString);
    until("closed", () -> runner.connections() == 0);
  }

  @Test
  void aDrainedRunnerFinishesItsCallsAndGetsNoNewOnes() {
    stage.open();
    ScriptedRunner runner = stage.runner(call -> {});
    var call = stage.call(Buffer.buffer("body"));
    until("the call", () -> runner.calls().size() == 1);
    Future<Void> drained = stage.handles.get(0).drain();
    stage.runner(RunnerScripts::echo);
    assertTrue(await(stage.call(Buffer.buffer("other"))).whole());
    assertFalse(drained.isComplete());
    RunnerCall held = runner.calls().get(0);
    held.context().runOnContext(v -> held.succeed());
    assertTrue(await(call).whole());
    await(drained);
    assertEquals(1, runner.calls().size());
  }
}
