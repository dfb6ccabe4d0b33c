package io.busbar.websocket;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallClient;
import io.busbar.call.Calls;
import io.busbar.dispatch.DispatchOptions;
import io.busbar.dispatch.DispatcherMember;
import io.busbar.dispatch.PoolCatalog;
import io.busbar.dispatch.PoolOptions;
import io.busbar.edge.HttpOptions;
import io.busbar.edge.WebSocketDoor;
import io.busbar.edge.WebSocketLimit;
import io.busbar.http.HttpFront;
import io.busbar.http.HttpFronts;
import io.busbar.http.LaneClients;
import io.busbar.http.WorkerDirectory;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.PoolSummary;
import io.busbar.registry.RegistryMember;
import io.busbar.registry.WorkerView;
import io.busbar.security.Access;
import io.busbar.testing.FakeMembers;
import io.busbar.testing.ScriptedJuniperWorker;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerPorts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The endpoint behind a real HTTP port, with a dispatcher and callers, on one lane. */
final class WorkersStage implements AutoCloseable {
  static final String TASK =
      "{\"candidate_data\":{\"input_size\":2,\"activation_name\":\"Tanh\"},"
          + "\"training_params\":{\"epochs\":3},\"tensors\":{"
          + "\"candidate_input\":{\"dtype\":\"float32\",\"shape\":[2,2],\"data\":[[1,2],[3,4]]},"
          + "\"residual_error\":{\"dtype\":\"float32\",\"shape\":[2,1],\"data\":[[0.5],[-0.5]]}}}";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final WorkerView view = new WorkerView("a");
  private final Context context;
  private final HttpFront front;
  private final WorkersLane workers;
  private final RegistryMember registry;
  private final DispatcherMember dispatcher;

  WorkersStage() {
    this(WorkersOptions.DEFAULTS, 200);
  }

  WorkersStage(WorkersOptions options, int maxSockets) {
    this(options, maxSockets, 3);
  }

  WorkersStage(WorkersOptions options, int maxSockets, int attempts) {
    vertx.exceptionHandler(thrown::add);
    context = ((VertxInternal) vertx).createEventLoopContext();
    NodeIdentity node = new NodeIdentity("a", "a", 7);
    MemoryBudget memory = new MemoryBudget(BusOptions.DEFAULTS.memory());
    FakeMembers members =
        new FakeMembers(
            NodeInfo.newBuilder()
                .setNodeId("a")
                .setName("a")
                .setIncarnation(7)
                .setLanes(1)
                .build());
    PoolOptions pool =
        PoolOptions.DEFAULTS.with(60_000, 8 << 20, new PoolOptions.Retry(attempts, 1, 10, 0.5));
    Lane lane = on(() -> Lanes.open(vertx, node, 0, BusOptions.DEFAULTS, memory, BusObserver.NONE));
    registry = new RegistryMember(view, members);
    dispatcher =
        new DispatcherMember(
            view,
            new PoolCatalog(Map.of(options.pool(), pool)),
            DispatchOptions.forLanes(1),
            new CallMeters(meters),
            () -> false);
    HttpFronts fronts =
        new HttpFronts(
            HttpOptions.defaults().withAddress("127.0.0.1", 0),
            UnaryOperator.identity(),
            members,
            new Nobody(),
            Access.OPEN,
            meters);
    WorkerPort port = on(() -> Future.succeededFuture(WorkerPorts.open(lane)));
    workers = new WorkersNode(options, meters).lane(lane, port);
    WebSocketDoor door =
        new WebSocketDoor(new WebSocketLimit(maxSockets, meters), List.of(workers));
    HttpFront[] opened = new HttpFront[1];
    on(
        () -> {
          Calls calls = CallClient.open(lane, lane::endpoint, members);
          opened[0] = fronts.front(l -> new LaneClients(calls, null, null, null), door);
          return dispatcher
              .start(lane)
              .compose(v -> registry.start(lane))
              .compose(v -> opened[0].start(lane))
              .compose(v -> workers.start(lane));
        });
    front = opened[0];
  }

  /** Nobody asks here. */
  private static final class Nobody implements WorkerDirectory {
    @Override
    public List<WorkerInfo> workers() {
      return List.of();
    }

    @Override
    public Optional<WorkerInfo> worker(String id) {
      return Optional.empty();
    }

    @Override
    public List<PoolSummary> pools() {
      return List.of();
    }
  }

  private <T> T on(Supplier<? extends Future<? extends T>> action) {
    Promise<T> done = Promise.promise();
    context.runOnContext(v -> action.get().<T>map(value -> value).onComplete(done));
    return await(done.future().toCompletionStage().toCompletableFuture());
  }

  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("failed or too late: " + e, e);
    }
  }

  URI socket() {
    return socket(WorkersLane.PATH);
  }

  URI socket(String path) {
    return URI.create("ws://127.0.0.1:" + front.port() + path);
  }

  ScriptedJuniperWorker worker(String name) {
    return ScriptedJuniperWorker.registered(socket(), name);
  }

  /** A call with the usual task. */
  CompletableFuture<HttpResponse<byte[]>> call() {
    return call(TASK.getBytes(java.nio.charset.StandardCharsets.UTF_8), "application/json");
  }

  CompletableFuture<HttpResponse<byte[]>> call(byte[] body, String type, String... headers) {
    return call(HttpRequest.BodyPublishers.ofByteArray(body), type, headers);
  }

  CompletableFuture<HttpResponse<byte[]>> call(
      HttpRequest.BodyPublisher body, String type, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + front.port() + "/v1/pools/juniper/calls"))
            .timeout(PATIENCE)
            .header("content-type", type)
            .POST(body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  static JsonObject json(HttpResponse<byte[]> response) {
    return new JsonObject(io.vertx.core.buffer.Buffer.buffer(response.body()));
  }

  /** As a node does it: all members of the lane in one turn. */
  Future<?> drain() {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        v -> Future.join(workers.drain(), front.drain()).<Void>mapEmpty().onComplete(done));
    return done.future();
  }

  double count(String meter, String... tags) {
    return meters.get(meter).tags(tags).counter().count();
  }

  double gauge(String meter) {
    return meters.get(meter).gauge().value();
  }

  @Override
  public void close() {
    on(() -> workers.stop().mapEmpty());
    on(() -> front.stop().mapEmpty());
    await(vertx.close().toCompletionStage().toCompletableFuture());
    if (!thrown.isEmpty()) {
      throw new AssertionError("thrown on an event loop", thrown.peek());
    }
  }
}
