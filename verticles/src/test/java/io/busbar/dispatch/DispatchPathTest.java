package io.busbar.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.Call;
import io.busbar.call.CallClient;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.FakeMembers;
import io.busbar.registry.RegistryMember;
import io.busbar.registry.WorkerView;
import io.busbar.worker.ServedCall;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole path on real lanes: caller, dispatcher, worker, registry, on two event loops. */
class DispatchPathTest {
  private static final int LANES = 2;

  private final Vertx vertx = Vertx.vertx();
  private final NodeIdentity node = new NodeIdentity("a", "a", 7);
  private final MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
  private final WorkerView view = new WorkerView("a");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Lane> lanes = new ArrayList<>();
  private final List<DispatcherMember> dispatchers = new ArrayList<>();
  private final Map<Lane, Calls> calls = new HashMap<>();
  private final Map<Lane, WorkerPort> ports = new HashMap<>();

  @BeforeEach
  void open() throws Exception {
    FakeMembers members =
        new FakeMembers(
            NodeInfo.newBuilder()
                .setNodeId("a")
                .setName("a")
                .setIncarnation(7)
                .setLanes(LANES)
                .build());
    CallMeters callMeters = new CallMeters(meters);
    PoolCatalog catalog = new PoolCatalog(Map.of("echo", PoolOptions.DEFAULTS));
    for (int i = 0; i < LANES; i++) {
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      int index = i;
      Lane lane =
          await(
              on(
                  context,
                  () ->
                      Lanes.open(
                          vertx, node, index, BusOptions.DEFAULTS, memory, BusObserver.NONE)));
      lanes.add(lane);
      DispatcherMember dispatcher =
          new DispatcherMember(
              view, catalog, DispatchOptions.forLanes(LANES), callMeters, () -> false);
      dispatchers.add(dispatcher);
      await(
          on(
              context,
              () -> {
                calls.put(lane, CallClient.open(lane, lane::endpoint, members));
                ports.put(lane, WorkerPorts.open(lane));
                return dispatcher
                    .start(lane)
                    .compose(
                        started ->
                            index == 0
                                ? new RegistryMember(view, members).start(lane)
                                : Future.succeededFuture());
              }));
    }
  }

  @AfterEach
  void close() throws Exception {
    await(vertx.close());
  }

  private static <T> Future<T> on(Context context, Supplier<? extends Future<? extends T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(nothing -> action.get().<T>map(value -> value).onComplete(done));
    return done.future();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  private void attach(int lane, int capacity, Consumer<ServedCall> serve) throws Exception {
    Lane at = lanes.get(lane);
    await(
        on(
            at.context(),
            () -> {
              ports
                  .get(at)
                  .attach(
                      WorkerInfo.newBuilder()
                          .setWorkerId("w" + lane)
                          .setPool("echo")
                          .setCapacity(capacity)
                          .build(),
                      new Slots(capacity),
                      serve::accept);
              return Future.succeededFuture();
            }));
  }

  /** Sends the text; the answer and how the call ended. */
  private Future<String> echo(int lane, String text) {
    Lane at = lanes.get(lane);
    return on(
        at.context(),
        () -> {
          Call call =
              calls
                  .get(at)
                  .open(CallRequest.to("echo", RequestHead.newBuilder().setOrigin("test").build()));
          call.body().end(Buffer.buffer(text));
          Buffer body = Buffer.buffer();
          call.response()
              .onSuccess(
                  response -> {
                    response.body().handler(body::appendBuffer);
                    response.body().resume();
                  });
          return call.end().map(end -> end(end) + body);
        });
  }

  private static String end(CallEnd end) {
    return end.succeeded() ? "ok " : end.failure().code().wireName() + " ";
  }

  private static void echoes(ServedCall call) {
    call.request().handler(call.response()::write);
    call.request().endHandler(end -> call.response().end());
    call.request().resume();
  }

  @Test
  void callsOfBothLanesReachWorkersOfBothLanes() throws Exception {
    attach(0, 4, DispatchPathTest::echoes);
    attach(1, 4, DispatchPathTest::echoes);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      answers.add(echo(i % LANES, "text " + i));
    }
    for (int i = 0; i < 200; i++) {
      assertEquals("ok text " + i, await(answers.get(i)));
    }
    for (int i = 0; i < LANES; i++) {
      await(on(lanes.get(i).context(), dispatchers.get(i)::drain));
    }
    assertEquals(
        200, meters.get("busbar.calls").tags("pool", "echo", "outcome", "ok").counter().count());
  }

  @Test
  void aSmallWorkerServesManyCallsThroughTheQueue() throws Exception {
    attach(1, 1, DispatchPathTest::echoes);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      answers.add(echo(i % LANES, "text " + i));
    }
    for (int i = 0; i < 300; i++) {
      assertEquals("ok text " + i, await(answers.get(i)));
    }
    assertTrue(meters.get("busbar.queue.wait").tag("pool", "echo").timer().count() > 0);
  }

  @Test
  void aCallWaitsForItsFirstWorker() throws Exception {
    Future<String> answer = echo(0, "early");
    attach(1, 1, DispatchPathTest::echoes);
    assertEquals("ok early", await(answer));
  }
}
