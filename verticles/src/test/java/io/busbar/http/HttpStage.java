package io.busbar.http;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.edge.HttpOptions;
import io.busbar.registry.PoolSummary;
import io.busbar.security.Access;
import io.busbar.testing.FakeMembers;
import io.busbar.testing.ServiceLane;
import io.busbar.testing.Until;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A front side on one lane with fakes behind it, on a free port. */
final class HttpStage implements AutoCloseable, WorkerDirectory {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final Vertx vertx = Vertx.vertx();
  final ScriptedCalls calls = new ScriptedCalls();
  final FakeMembers members =
      new FakeMembers(
          NodeInfo.newBuilder()
              .setNodeId("fake-node")
              .setName("fake")
              .setGateway(true)
              .setReady(true)
              .setLanes(1)
              .setIncarnation(-2)
              .setStartedAt(1_700_000_000_000L)
              .putAddresses("http", "127.0.0.1:8080")
              .build());
  final Map<String, WorkerInfo> workers = new TreeMap<>();
  final List<PoolSummary> pools =
      new ArrayList<>(List.of(new PoolSummary("default", 2, 1, 8, 3, 4)));
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final HttpClient http1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  final ServiceLane lane;
  final HttpFront front;
  final int port;

  HttpStage() throws Exception {
    this(HttpOptions.defaults(), Access.OPEN, UnaryOperator.identity());
  }

  HttpStage(HttpOptions options, Access access) throws Exception {
    this(options, access, UnaryOperator.identity());
  }

  HttpStage(HttpOptions options, Access access, UnaryOperator<HttpServerOptions> customizer)
      throws Exception {
    vertx.exceptionHandler(thrown::add);
    Context context = vertx.getOrCreateContext();
    lane = new ServiceLane(context);
    HttpFronts fronts =
        new HttpFronts(
            options.withAddress("127.0.0.1", 0), customizer, members, this, access, meters);
    front = fronts.front(l -> new LaneClients(calls, null, null, null));
    await(onContext(() -> front.start(lane)));
    port = front.port();
  }

  /** Runs something on the lane and waits for its future. */
  <T> Future<T> onContext(java.util.function.Supplier<Future<T>> what) {
    Promise<T> done = Promise.promise();
    lane.context().runOnContext(v -> what.get().onComplete(done));
    return done.future();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(PATIENCE);
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http1.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http1.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** Sends a body while it reads the answer, which the JDK's client does not. */
  Future<Buffer> echo(HttpClient.Version version, String path, byte[] body) {
    HttpClientOptions options = new HttpClientOptions().setHttp2ClearTextUpgrade(false);
    if (version == HttpClient.Version.HTTP_2) {
      options.setProtocolVersion(io.vertx.core.http.HttpVersion.HTTP_2);
    }
    HttpClientAgent client = vertx.createHttpClient(options);
    return client
        .request(HttpMethod.POST, port, "127.0.0.1", path)
        .compose(
            request -> {
              request.setChunked(true);
              new Body(body, request).pump();
              return request.response().compose(HttpClientResponse::body);
            })
        .eventually(client::close);
  }

  private static final class Body {
    private static final int PIECE = 50_000;

    private final byte[] bytes;
    private final HttpClientRequest to;
    private int sent;

    Body(byte[] bytes, HttpClientRequest to) {
      this.bytes = bytes;
      this.to = to;
    }

    void pump() {
      while (sent < bytes.length && !to.writeQueueFull()) {
        int end = Math.min(bytes.length, sent + PIECE);
        to.write(Buffer.buffer(java.util.Arrays.copyOfRange(bytes, sent, end)));
        sent = end;
      }
      if (sent == bytes.length) {
        to.end();
      } else {
        to.drainHandler(v -> pump());
      }
    }
  }

  /** Waits for the first call. */
  ScriptedCall opened() throws Exception {
    Until.holds(() -> !calls.opened().isEmpty(), "no call was opened");
    return calls.opened().get(0);
  }

  RawClient raw() throws IOException {
    return new RawClient(port);
  }

  @Override
  public List<WorkerInfo> workers() {
    return List.copyOf(workers.values());
  }

  @Override
  public Optional<WorkerInfo> worker(String id) {
    return Optional.ofNullable(workers.get(id));
  }

  @Override
  public List<PoolSummary> pools() {
    return pools;
  }

  @Override
  public void close() throws Exception {
    await(onContext(() -> front.stop().mapEmpty()));
    await(vertx.close());
    if (!thrown.isEmpty()) {
      throw new AssertionError("thrown on an event loop", thrown.peek());
    }
  }
}
