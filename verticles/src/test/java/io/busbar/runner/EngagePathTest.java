package io.busbar.runner;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallClient;
import io.busbar.dispatch.DispatchOptions;
import io.busbar.dispatch.DispatcherMember;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.dispatch.PoolOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.CallFinished;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.FakeMembers;
import io.busbar.registry.RegistryMember;
import io.busbar.registry.WorkerView;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Route;
import io.busbar.routing.Routes;
import io.busbar.security.Access;
import io.busbar.testing.FakeEngagement;
import io.busbar.testing.FakeFnLb;
import io.busbar.worker.ServedCall;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Engage over the real path: front side, dispatcher and worker on one lane. */
class EngagePathTest {
  private final Vertx vertx = Vertx.vertx();
  private final Context context = ((VertxInternal) vertx).createEventLoopContext();
  private final RunnerNode node = new RunnerNode();
  private WorkerPort port;
  private RunnerFront front;
  private FakeFnLb lb;

  @BeforeEach
  void start() {
    NodeIdentity self = new NodeIdentity("a", "a", 7);
    FakeMembers members =
        new FakeMembers(
            NodeInfo.newBuilder()
                .setNodeId("a")
                .setName("a")
                .setIncarnation(7)
                .setLanes(1)
                .build());
    WorkerView view = new WorkerView("a");
    PoolCatalog catalog = new PoolCatalog(Map.of("default", PoolOptions.DEFAULTS));
    MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
    Routes routes = Routes.compile(List.of(new Route(Map.of("fn_id", "lost*"), "nowhere")));
    Lane lane = on(() -> Lanes.open(vertx, self, 0, BusOptions.DEFAULTS, memory, BusObserver.NONE));
    DispatcherMember dispatcher =
        new DispatcherMember(
            view,
            catalog,
            DispatchOptions.forLanes(1),
            new CallMeters(new SimpleMeterRegistry()),
            () -> false);
    on(
        () -> {
          port = WorkerPorts.open(lane);
          front =
              new RunnerFront(
                  RunnerOptions.DEFAULTS.withAddress("127.0.0.1", 0),
                  routes,
                  pool -> PoolAffinity.FN_ID,
                  view::takingCalls,
                  http -> http,
                  Access.OPEN,
                  CallClient.open(lane, lane::endpoint, members),
                  node);
          return dispatcher
              .start(lane)
              .compose(started -> new RegistryMember(view, members).start(lane))
              .compose(started -> front.start(lane));
        });
    lb = new FakeFnLb(vertx, "127.0.0.1", front.port());
  }

  @AfterEach
  void stop() {
    lb.close();
    on(front::stop);
    assertEquals(0, node.active());
    RunnerRig.await(vertx.close());
  }

  private <T> T on(Supplier<? extends Future<? extends T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(nothing -> action.get().<T>map(value -> value).onComplete(done));
    return RunnerRig.await(done.future());
  }

  private void worker(java.util.function.Consumer<ServedCall> serve) {
    on(
        () -> {
          port.attach(
              WorkerInfo.newBuilder().setWorkerId("w").setPool("default").setCapacity(4).build(),
              new Slots(4),
              serve::accept);
          return Future.succeededFuture();
        });
  }

  private static void echo(ServedCall call) {
    call.respond(ResponseHead.newBuilder().setStatus(200).build());
    call.request().pipeTo(call.response());
  }

  @Test
  void aBodyComesBackByteForByte() {
    worker(EngagePathTest::echo);
    byte[] body = new byte[3_000_000];
    new Random(5).nextBytes(body);
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL);
    for (int at = 0; at < body.length; at += 10_240) {
      engage.data(
          java.util.Arrays.copyOfRange(body, at, Math.min(body.length, at + 10_240)), false);
    }
    FakeEngagement.End end = engage.eof().end();
    assertTrue(end.finished().getSuccess(), end.finished().toString());
    assertArrayEquals(body, end.body());
    assertFalse(end.finished().getStartedAt().isEmpty(), "the worker's dates are passed on");
  }

  @Test
  void anEmptyCallSucceeds() {
    worker(EngagePathTest::echo);
    FakeEngagement.End end = lb.engage().tryCall(RunnerRig.CALL).eof().end();
    assertTrue(end.finished().getSuccess());
    assertEquals(0, end.body().length);
  }

  @Test
  void theFunctionsTimeoutHoldsWhileTheBodyIsOpen() {
    worker(call -> call.request().handler(chunk -> {}).resume());
    String json = RunnerRig.CALL.replace("\"timeout\":30", "\"timeout\":1");
    CallFinished finished = lb.engage().tryCall(json).data("never ended").end().finished();
    assertEquals(504, finished.getErrorCode());
    assertTrue(finished.getErrorUser());
  }

  @Test
  void aDetachedCallIsAcceptedBeforeItEnds() {
    CompletableFuture<ServedCall> served = new CompletableFuture<>();
    worker(served::complete);
    FakeEngagement engage =
        lb.engage().tryCall(RunnerRig.CALL.replace("\"sync\"", "\"detached\"")).eof();
    assertEquals(202, engage.next().getResultStart().getHttp().getStatusCode());
    ServedCall call = served.join();
    context.runOnContext(v -> echo(call));
    assertTrue(engage.end().finished().getSuccess());
  }

  @Test
  void aResetReachesTheWorker() throws Exception {
    CompletableFuture<Failure> cancelled = new CompletableFuture<>();
    CompletableFuture<Void> started = new CompletableFuture<>();
    worker(
        call -> {
          call.cancelHandler(cancelled::complete);
          started.complete(null);
        });
    FakeEngagement engage = lb.engage().tryCall(RunnerRig.CALL).eof();
    started.get(20, TimeUnit.SECONDS);
    engage.reset();
    cancelled.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aFunctionThatFailsIsTheUsersFault() {
    worker(
        call -> call.fail(Failure.of(FailureCode.WORKER_FAILED, "function failed").withUser(true)));
    CallFinished finished = lb.engage().tryCall(RunnerRig.CALL).eof().end().finished();
    assertEquals(502, finished.getErrorCode());
    assertTrue(finished.getErrorUser());
    assertEquals("function failed", finished.getErrorStr());
  }

  @Test
  void aRouteToAPoolThatIsNotThereIsNoNack() {
    String json = RunnerRig.CALL.replace("\"fn_id\":\"f1\"", "\"fn_id\":\"lost-1\"");
    CallFinished finished = lb.engage().tryCall(json).eof().end().finished();
    assertEquals(404, finished.getErrorCode());
  }
}
