package io.busbar.fnclient;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.Call;
import io.busbar.call.CallClient;
import io.busbar.call.CallEnd;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.dispatch.DispatchOptions;
import io.busbar.dispatch.DispatcherMember;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.dispatch.PoolOptions;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.RegistryMember;
import io.busbar.registry.WorkerView;
import io.busbar.testing.FakeMembers;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.ScriptedRunner;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A caller, a dispatcher and scripted runners as workers, on real lanes of one Vert.x, without
 * sockets on the caller's side.
 */
final class RunnerStage implements AutoCloseable {
  static final String POOL = "fn";

  PoolOptions pool = PoolOptions.DEFAULTS;
  RunnerClientOptions options = RunnerClientOptions.DEFAULTS.withHeadroom(0);
  int lanes = 1;

  final Vertx vertx = Vertx.vertx();
  final Watcher watcher = new Watcher();
  private final List<WorkerLane> workerLanes = new ArrayList<>();
  private final List<Calls> calls = new ArrayList<>();
  private final List<ScriptedRunner> runners = new ArrayList<>();
  final List<RunnerHandle> handles = new ArrayList<>();
  private RunnerWorkers workers;

  /** To all runners. */
  int mostConnections = Integer.MAX_VALUE;

  /** Keeps what it is told. */
  static final class Watcher implements RunnerObserver {
    final BlockingQueue<RunnerOutcome> outcomes = new LinkedBlockingQueue<>();
    final BlockingQueue<Oddity> oddities = new LinkedBlockingQueue<>();
    final List<String> dialFailures = new CopyOnWriteArrayList<>();
    final AtomicInteger goneAway = new AtomicInteger();

    @Override
    public void goingAway() {
      goneAway.incrementAndGet();
    }

    @Override
    public void callEnded(RunnerOutcome outcome) {
      outcomes.add(outcome);
    }

    @Override
    public void ignored(Oddity what) {
      oddities.add(what);
    }

    @Override
    public void dialFailed(String reason) {
      dialFailures.add(reason);
    }
  }

  /** How a call ended for its caller. */
  record Answer(ResponseHead head, Buffer body, CallEnd end) {
    boolean whole() {
      return end.succeeded();
    }

    @Override
    public String toString() {
      return (head == null ? "no head" : head.getStatus())
          + " "
          + body.length()
          + " bytes, "
          + (whole() ? "ok" : end.failure());
    }
  }

  RunnerStage open() {
    NodeIdentity node = new NodeIdentity("a", "a", 7);
    MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
    WorkerView view = new WorkerView("a");
    CallMeters meters = new CallMeters(new SimpleMeterRegistry());
    FakeMembers members =
        new FakeMembers(
            NodeInfo.newBuilder()
                .setNodeId("a")
                .setName("a")
                .setIncarnation(7)
                .setLanes(lanes)
                .build());
    PoolCatalog catalog = new PoolCatalog(Map.of(POOL, pool));
    for (int i = 0; i < lanes; i++) {
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      int index = i;
      Lane lane =
          on(
              context,
              () -> Lanes.open(vertx, node, index, BusOptions.DEFAULTS, memory, BusObserver.NONE));
      DispatcherMember dispatcher =
          new DispatcherMember(view, catalog, DispatchOptions.forLanes(lanes), meters, () -> false);
      on(
          context,
          () -> {
            calls.add(CallClient.open(lane, lane::endpoint, members));
            workerLanes.add(new WorkerLane(lane, WorkerPorts.open(lane)));
            return dispatcher
                .start(lane)
                .compose(
                    started ->
                        index == 0
                            ? new RegistryMember(view, members).start(lane)
                            : Future.succeededFuture());
          });
    }
    workers = new RunnerWorkers(workerLanes, mostConnections);
    return this;
  }

  /** Starts a runner and attaches it. */
  ScriptedRunner runner(Consumer<RunnerCall> script) {
    return attach(ScriptedRunner.start(vertx, script));
  }

  ScriptedRunner attach(ScriptedRunner runner) {
    runners.add(runner);
    attach(RunnerTarget.of(POOL, runner.host(), runner.port()));
    return runner;
  }

  RunnerHandle attach(RunnerTarget target) {
    RunnerHandle handle = await(workers.attach(target, options, watcher));
    handles.add(handle);
    return handle;
  }

  /** An HTTP call with this body. */
  Future<Answer> call(Buffer body) {
    return call(request(RequestHead.newBuilder().setOrigin("http").setMethod("POST")), body);
  }

  CallRequest request(RequestHead.Builder head) {
    return CallRequest.to(POOL, head.build());
  }

  Future<Answer> call(CallRequest request, Buffer body) {
    return call(request, open -> open.body().end(body));
  }

  Future<Answer> call(CallRequest request, Consumer<Call> drive) {
    Promise<Answer> done = Promise.promise();
    Context context = workerLanes.get(0).lane().context();
    context.runOnContext(
        v -> {
          Call call = calls.get(0).open(request);
          Buffer arrived = Buffer.buffer();
          ResponseHead[] head = new ResponseHead[1];
          Promise<Void> read = Promise.promise();
          call.response()
              .onSuccess(
                  response -> {
                    head[0] = response.head();
                    response.body().exceptionHandler(cause -> read.tryComplete());
                    response.body().endHandler(end -> read.tryComplete());
                    response.body().handler(arrived::appendBuffer);
                    response.body().resume();
                  })
              .onFailure(none -> read.tryComplete());
          drive.accept(call);
          call.end()
              .compose(end -> read.future().map(end))
              .map(end -> new Answer(head[0], arrived, end))
              .onComplete(done);
        });
    return done.future();
  }

  RunnerOutcome outcome() {
    return poll(watcher.outcomes, "the end of a call");
  }

  RunnerObserver.Oddity oddity() {
    return poll(watcher.oddities, "an oddity");
  }

  private static <T> T poll(BlockingQueue<T> queue, String what) {
    try {
      T next = queue.poll(30, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("never told: " + what);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  Context context() {
    return workerLanes.get(0).lane().context();
  }

  private static <T> T on(Context context, Supplier<? extends Future<? extends T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(v -> action.get().<T>map(value -> value).onComplete(done));
    return await(done.future());
  }

  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("failed or too late: " + e, e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
