package io.busbar.plugin.host;

import static io.busbar.plugin.host.HostStage.LOOP;
import static io.busbar.plugin.host.HostStage.OWN_THREAD;
import static io.busbar.plugin.host.HostStage.await;
import static io.busbar.plugin.host.HostStage.failureOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginHostTest {
  private static final Failure GONE = Failure.of(FailureCode.CALLER_GONE, "gone");

  private static PluginDescriptor mode(boolean loop) {
    return loop ? LOOP : OWN_THREAD;
  }

  private static Future<?> shout(PluginCall call) {
    return call.body(1000)
        .compose(
            body ->
                call.status(201)
                    .header("X-Seen", call.headers().get("x-in"))
                    .end(Buffer.buffer(body.toString().toUpperCase(java.util.Locale.ROOT))));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void servesACall(boolean loop) {
    try (HostStage stage = HostStage.with(mode(loop), PluginHostTest::shout)) {
      FakeServedCall call = stage.call("X-In", "yes").sends("hello");

      assertNull(failureOf(call));
      assertEquals("HELLO", call.body().toString());
      var head = await(call.head.future());
      assertEquals(201, head.getStatus());
      assertEquals("X-Seen", head.getHeaders(0).getName());
      assertEquals("yes", head.getHeaders(0).getValue());
      await(call.slotFree.future());
    }
  }

  @Test
  void announcesOneWorkerOnAllLanesWithOneSlotCount() {
    try (HostStage stage = new HostStage(2)) {
      stage.start(HostOptions.DEFAULTS, () -> new TestPlugin(LOOP, PluginHostTest::shout));
      WorkerInfo info = stage.ports.get(0).info();
      assertEquals("test@node-a", info.getWorkerId());
      assertEquals("test", info.getPool());
      assertEquals("custom", info.getProtocol());
      assertEquals("plugin", info.getProtocolName());
      assertEquals(100, info.getCapacity());
      assertTrue(info.getEveryLane());
      assertEquals(info, stage.ports.get(1).info());
      assertSame(stage.ports.get(0).slots(), stage.ports.get(1).slots());
    }
  }

  @Test
  void onEventLoopsEachLaneHasItsOwnInstance() {
    Set<Object> contexts = ConcurrentHashMap.newKeySet();
    try (HostStage stage = new HostStage(2)) {
      stage.start(
          HostOptions.DEFAULTS,
          () ->
              new TestPlugin(
                  LOOP,
                  call -> {
                    contexts.add(Vertx.currentContext());
                    return call.end();
                  }));
      for (FakeWorkerPort port : stage.ports) {
        failureOf(await(port.call()));
      }
      assertEquals(
          Set.of(stage.lanes.get(0).lane().context(), stage.lanes.get(1).lane().context()),
          contexts);
    }
  }

  @Test
  void ownThreadsServeAsManyCallsAsDeclaredAndOneEach() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Set<Object> contexts = ConcurrentHashMap.newKeySet();
    try (HostStage stage =
        HostStage.with(
            OWN_THREAD.withConcurrency(2),
            call -> {
              contexts.add(Vertx.currentContext());
              both.countDown();
              both.await();
              return call.end();
            })) {
      FakeServedCall a = stage.call();
      FakeServedCall b = stage.call();
      assertNull(failureOf(a));
      assertNull(failureOf(b));
      assertEquals(2, contexts.size());
    }
  }

  @Test
  void noMoreCallsThanInstancesHaveASlot() {
    Promise<Void> go = Promise.promise();
    try (HostStage stage =
        HostStage.with(OWN_THREAD, call -> go.future().compose(v -> call.end()))) {
      FakeServedCall first = stage.call();
      var busy = assertThrows(FailureException.class, stage::call);
      assertEquals(FailureCode.BUSY, busy.failure().code());
      go.complete();
      await(first.slotFree.future());
      assertNull(failureOf(stage.call()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anExceptionEndsOnlyItsCall(boolean loop) {
    try (HostStage stage =
        HostStage.with(
            mode(loop),
            call -> {
              if (call.headers().contains("Bad")) {
                throw new java.io.IOException("disk on fire");
              }
              return call.end();
            })) {
      Failure failure = failureOf(stage.call("Bad", "1"));
      assertEquals(FailureCode.WORKER_FAILED, failure.code());
      assertEquals("IOException: disk on fire", failure.detail());
      awaitIdle(stage);
      assertNull(failureOf(stage.call()));
      assertEquals(1, stage.host.stats().threw());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anErrorEndsOnlyItsCall(boolean loop) {
    try (HostStage stage =
        HostStage.with(
            mode(loop),
            call -> {
              throw new StackOverflowError("deep");
            })) {
      assertEquals(FailureCode.WORKER_FAILED, failureOf(stage.call()).code());
      awaitIdle(stage);
      assertEquals(FailureCode.WORKER_FAILED, failureOf(stage.call()).code());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFailureThatThePluginChoseIsKept(boolean loop) {
    Failure chosen = Failure.of(FailureCode.UNPROCESSABLE, "not so").withUser(true);
    try (HostStage stage =
        HostStage.with(mode(loop), call -> Future.failedFuture(chosen.toException()))) {
      assertEquals(chosen, failureOf(stage.call()));
      assertEquals(0, stage.host.stats().threw());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aHandlerOfThePluginThatThrowsEndsTheCall(boolean loop) {
    try (HostStage stage =
        HostStage.with(
            mode(loop),
            call -> {
              call.request()
                  .handler(
                      part -> {
                        throw new IllegalStateException("in the handler");
                      })
                  .resume();
              return null;
            })) {
      FakeServedCall call = stage.call().sends("x");
      assertEquals("IllegalStateException: in the handler", failureOf(call).detail());
      await(call.slotFree.future());
    }
  }

  @Test
  void aFutureCompletedOnAStrangeThreadEndsTheCall() {
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              Promise<Void> later = Promise.promise();
              new Thread(later::complete).start();
              return later.future();
            })) {
      assertNull(failureOf(stage.call()));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aCancelledCallReleasesItsSlotWhenThePluginLetsGo(boolean loop) {
    Promise<Void> go = Promise.promise();
    Promise<Void> serving = Promise.promise();
    Promise<Failure> told = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            mode(loop),
            call -> {
              call.cancelHandler(told::complete);
              serving.complete();
              return go.future();
            })) {
      FakeServedCall call = stage.call();
      await(serving.future());
      call.cancel(GONE);
      assertEquals(GONE, await(told.future()));
      assertEquals(FailureCode.CALLER_GONE, failureOf(call).code());
      assertFalse(call.slotFree.future().isComplete());
      assertEquals(1, stage.port().slots().running());
      go.complete();
      await(call.slotFree.future());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatIsWrittenAfterTheEndIsDropped(boolean loop) {
    Promise<Future<Void>> late = Promise.promise();
    Promise<PluginCall> there = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            mode(loop),
            call -> {
              call.cancelHandler(
                  reason -> late.complete(call.response().write(Buffer.buffer("late"))));
              there.complete(call);
              return null;
            })) {
      FakeServedCall call = stage.call();
      await(there.future());
      call.cancel(GONE);
      Future<Void> written = await(late.future());
      var dropped = assertThrows(FailureException.class, () -> await(written));
      assertEquals(GONE, dropped.failure());
      await(call.slotFree.future());
      assertEquals(0, call.writes());
      assertTrue(await(there.future()).isEnded());
    }
  }

  @Test
  void aBlockedPluginSeesThatItsCallIsOver() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    CountDownLatch serving = new CountDownLatch(1);
    try (HostStage stage =
        HostStage.with(
            OWN_THREAD,
            call -> {
              serving.countDown();
              while (!call.isEnded()) {
                Thread.onSpinWait();
              }
              seen.countDown();
              return null;
            })) {
      FakeServedCall call = stage.call();
      assertTrue(serving.await(20, TimeUnit.SECONDS));
      call.cancel(GONE);
      assertTrue(seen.await(20, TimeUnit.SECONDS));
      await(call.slotFree.future());
    }
  }

  @Test
  void aStuckInstanceIsReplacedAndStoppedWhenItReturns() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    List<TestPlugin> made = Collections.synchronizedList(new ArrayList<>());
    try (HostStage stage =
        HostStage.with(
            HostOptions.DEFAULTS.withStuckAfter(20),
            () -> {
              TestPlugin plugin =
                  new TestPlugin(
                      OWN_THREAD,
                      call -> {
                        if (call.headers().contains("Hang")) {
                          awaitStubbornly(never);
                        }
                        return call.end();
                      });
              made.add(plugin);
              return plugin;
            })) {
      FakeServedCall stuck = stage.call("Hang", "1");
      stuck.cancel(GONE);
      await(stuck.slotFree.future());
      assertNull(failureOf(stage.call()));

      PluginStats stats = stage.host.stats();
      assertEquals(1, stats.stuck());
      assertEquals(1, stats.stuckNow());
      assertEquals(1, stats.replaced());
      assertEquals(1, stats.instances());

      never.countDown();
      awaitTrue(stage, () -> stage.host.stats().stuckNow() == 0);
      // One object was asked for the descriptor only.
      awaitTrue(stage, () -> made.get(1).stopped);
      assertEquals(1, stage.host.stats().instances());
    }
  }

  /** Like code that swallows interrupts. */
  private static void awaitStubbornly(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        done = false;
      }
    }
  }

  @Test
  void anInterruptFreesAPluginThatWaits() {
    CountDownLatch never = new CountDownLatch(1);
    try (HostStage stage =
        HostStage.with(
            HostOptions.DEFAULTS.withStuckAfter(20),
            () ->
                new TestPlugin(
                    OWN_THREAD,
                    call -> {
                      never.await();
                      return null;
                    }))) {
      FakeServedCall call = stage.call();
      call.cancel(GONE);
      await(call.slotFree.future());
      awaitTrue(stage, () -> stage.host.stats().stuckNow() == 0);
    }
  }

  @Test
  void replacementsAreBounded() {
    CountDownLatch never = new CountDownLatch(1);
    try (HostStage stage =
        HostStage.with(
            HostOptions.DEFAULTS.withStuckAfter(20).withMaxStuck(1),
            () ->
                new TestPlugin(
                    OWN_THREAD,
                    call -> {
                      awaitStubbornly(never);
                      return call.end();
                    }))) {
      FakeServedCall first = stage.call();
      first.cancel(GONE);
      await(first.slotFree.future());
      FakeServedCall second = stage.call();
      second.cancel(GONE);
      awaitTrue(stage, () -> stage.host.stats().stuck() == 2);
      assertEquals(1, stage.host.stats().replaced());
      assertFalse(second.slotFree.future().isComplete());
      never.countDown();
      await(second.slotFree.future());
    }
  }

  @Test
  void onAnEventLoopAFutureThatNeverCompletesGivesItsSlotBack() {
    try (HostStage stage =
        HostStage.with(
            HostOptions.DEFAULTS.withStuckAfter(20),
            () -> new TestPlugin(LOOP, call -> Promise.promise().future()))) {
      FakeServedCall call = stage.call();
      call.cancel(GONE);
      await(call.slotFree.future());
      assertEquals(1, stage.host.stats().stuck());
    }
  }

  @Test
  void anUnwellPluginIsTakenOutAndLetInAgain() throws Exception {
    AtomicReference<String> unwell = new AtomicReference<>("no database");
    try (HostStage stage =
        HostStage.with(
            HostOptions.DEFAULTS.withHealthPause(5),
            () ->
                new TestPlugin(
                    OWN_THREAD,
                    call -> {
                      throw new IllegalStateException("broken");
                    },
                    unwell))) {
      failureOf(stage.call());
      assertEquals("no database", take(stage.port().health));
      unwell.set(null);
      assertEquals("well", take(stage.port().health));
    }
  }

  private static String take(BlockingQueue<String> queue) throws InterruptedException {
    return queue.poll(20, TimeUnit.SECONDS);
  }

  @Test
  void aRequestIsHandedOverInBoundedPieces() {
    Promise<PluginCall> there = Promise.promise();
    Promise<Void> go = Promise.promise();
    try (HostStage stage =
        HostStage.with(
            OWN_THREAD,
            call -> {
              there.complete(call);
              return go.future().compose(v -> call.send(call.request()));
            })) {
      FakeServedCall call = stage.call();
      Promise<Void> pushed = Promise.promise();
      call.onLane(
          () -> {
            for (int i = 0; i < 100; i++) {
              call.request.push(Buffer.buffer(new byte[] {(byte) i}));
            }
            call.request.finish();
            pushed.complete();
          });
      await(there.future());
      await(pushed.future());
      assertEquals(HandoverReader.WINDOW, call.request.delivered());
      go.complete();
      assertNull(failureOf(call));
      assertEquals(100, call.body().length());
      for (int i = 0; i < 100; i++) {
        assertEquals(i, call.body().getByte(i));
      }
    }
  }

  @Test
  void aWriterThatWaitsForNothingIsHeldInItsOwnThread() throws Exception {
    BlockingQueue<Integer> written = new LinkedBlockingQueue<>();
    int piece = 64 << 10;
    int pieces = 64;
    try (HostStage stage =
        HostStage.with(
            OWN_THREAD,
            call -> {
              for (int i = 0; i < pieces; i++) {
                call.response().write(Buffer.buffer(new byte[piece]));
                written.add(i);
              }
              return call.end();
            })) {
      FakeServedCall call =
          await(
              stage
                  .port()
                  .call("X", "y")
                  .map(
                      c -> {
                        c.full(true);
                        return c;
                      }));
      int most = HandoverWriter.HARD_FACTOR * HandoverWriter.DEFAULT_MAX / piece;
      // The first writes may be acknowledged before the queue was declared full.
      Integer last = null;
      Integer next = written.poll(20, TimeUnit.SECONDS);
      while (next != null) {
        last = next;
        next = written.poll(300, TimeUnit.MILLISECONDS);
      }
      assertTrue(last < pieces - 1, "wrote all " + last);
      assertTrue(last >= most - 1, "held at " + last);
      call.full(false);
      assertNull(failureOf(call));
      assertEquals(piece * pieces, call.body().length());
    }
  }

  @Test
  void aHeldWriterIsFreeWhenItsCallIsOver() {
    try (HostStage stage =
        HostStage.with(
            OWN_THREAD,
            call -> {
              while (!call.isEnded()) {
                call.response().write(Buffer.buffer(new byte[64 << 10]));
              }
              return null;
            })) {
      FakeServedCall call = stage.call();
      call.full(true);
      call.cancel(GONE);
      await(call.slotFree.future());
    }
  }

  @Test
  void anEventLoopPluginThatFloodsItsResponseFails() {
    try (HostStage stage =
        HostStage.with(
            LOOP,
            call -> {
              Buffer piece = Buffer.buffer(new byte[1 << 20]);
              call.body(10)
                  .onSuccess(
                      body -> {
                        for (int i = 0; i < 64; i++) {
                          call.response().write(piece);
                        }
                      });
              return null;
            })) {
      FakeServedCall call = stage.call();
      call.full(true);
      call.sends("go");
      assertEquals(FailureCode.WORKER_FAILED, failureOf(call).code());
      assertTrue(call.writes() <= 18, "wrote " + call.writes());
    }
  }

  @Test
  void drainingEndsWhenTheLastCallIsLetGo() {
    Promise<Void> go = Promise.promise();
    try (HostStage stage =
        HostStage.with(OWN_THREAD, call -> go.future().compose(v -> call.end()))) {
      FakeServedCall call = stage.call();
      Future<Void> drained = stage.host.drain();
      go.complete();
      await(drained);
      assertTrue(stage.port().draining());
      await(call.slotFree.future());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stoppingDetachesAndStopsEachInstance(boolean loop) {
    List<TestPlugin> made = Collections.synchronizedList(new ArrayList<>());
    try (HostStage stage = new HostStage(1)) {
      stage.start(
          HostOptions.DEFAULTS,
          () -> {
            TestPlugin plugin = new TestPlugin(mode(loop), PluginHostTest::shout);
            made.add(plugin);
            return plugin;
          });
      await(stage.host.stop());
      assertTrue(stage.port().detached());
      assertTrue(made.get(1).stopped);
      assertEquals(0, stage.host.stats().instances());
    }
  }

  @Test
  void aPluginThatDoesNotStartIsNamed() {
    try (HostStage stage = new HostStage(1)) {
      int[] asked = new int[1];
      var failure =
          assertThrows(
              FailureException.class,
              () ->
                  stage.start(
                      HostOptions.DEFAULTS,
                      () -> {
                        if (asked[0]++ > 0) {
                          throw new IllegalStateException("no licence");
                        }
                        return new TestPlugin(OWN_THREAD, PluginHostTest::shout);
                      }));
      assertEquals(
          "plugin 'test' of io.busbar.plugin.host.TestPlugin did not start:"
              + " IllegalStateException: no licence",
          failure.failure().detail());
      assertNull(stage.port().info());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aStartThatNeverEndsIsNamed(boolean loop) {
    try (HostStage stage = new HostStage(1)) {
      var failure =
          assertThrows(
              FailureException.class,
              () -> stage.start(HostOptions.DEFAULTS.withStart(50), () -> new NeverReady(loop)));
      assertTrue(
          failure.failure().detail().endsWith("start did not complete in 50 ms"),
          failure.failure().detail());
      assertNull(stage.port().info());
    }
  }

  /** Its start never completes. */
  private record NeverReady(boolean loop) implements BusbarPlugin {
    @Override
    public PluginDescriptor descriptor() {
      return mode(loop);
    }

    @Override
    public Future<?> start(PluginContext context) {
      return Promise.promise().future();
    }
  }

  @Test
  void drainingEndsWithTheStop() {
    try (HostStage stage = HostStage.with(OWN_THREAD, call -> Promise.promise().future())) {
      stage.call();
      Future<Void> drained = stage.host.drain();
      await(stage.host.stop());
      await(drained);
    }
  }

  @Test
  void moreThreadsThanReasonableAreRefused() {
    try (HostStage stage = new HostStage(1)) {
      var refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  stage.start(
                      HostOptions.DEFAULTS,
                      () ->
                          new TestPlugin(OWN_THREAD.withConcurrency(5000), PluginHostTest::shout)));
      assertTrue(refused.getMessage().contains("concurrency 5000"), refused.getMessage());
    }
  }

  private static void awaitIdle(HostStage stage) {
    awaitTrue(stage, () -> stage.port().slots().running() == 0);
  }

  /** Waits until a state is reached that tells nobody of itself. */
  private static void awaitTrue(HostStage stage, java.util.function.BooleanSupplier state) {
    Promise<Void> reached = Promise.promise();
    long timer =
        stage.vertx.setPeriodic(
            2,
            t -> {
              if (state.getAsBoolean()) {
                reached.tryComplete();
              }
            });
    await(reached.future());
    stage.vertx.cancelTimer(timer);
  }
}
