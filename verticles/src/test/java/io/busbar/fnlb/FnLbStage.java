package io.busbar.fnlb;

import io.busbar.edge.HttpOptions;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Route;
import io.busbar.routing.Routes;
import io.busbar.security.Access;
import io.busbar.testing.FakeCalls;
import io.busbar.testing.ServiceLane;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Fn's load balancer surface on one lane, played calls behind it, on a free port. */
final class FnLbStage implements AutoCloseable {
  static final ConfiguredFunction ECHO =
      new ConfiguredFunction(
          "fn-echo",
          "media",
          "app-1",
          "acme/echo:1",
          7,
          60,
          256,
          Map.of("BUCKET", "thumbs"),
          Map.of("tier", "gold"),
          List.of("/echo", "/"),
          "");

  final Vertx vertx = Vertx.vertx();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final HttpClient http1 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
  final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  final ServiceLane lane;
  final FakeCalls calls;
  final FnLbFront front;
  final int port;

  FnLbStage() throws Exception {
    this(ControlApiOptions.NONE);
  }

  FnLbStage(ControlApiOptions api) throws Exception {
    this(api, Access.OPEN, o -> o);
  }

  FnLbStage(ControlApiOptions api, Access access, UnaryOperator<HttpOptions> http)
      throws Exception {
    vertx.exceptionHandler(thrown::add);
    lane = new ServiceLane(vertx.getOrCreateContext());
    calls = new FakeCalls(lane);
    FnLbOptions options =
        new FnLbOptions(
            http.apply(HttpOptions.defaults().of("fn-lb").withAddress("127.0.0.1", 0)),
            api,
            List.of(ECHO),
            Map.of("FN_CHEESE", "gouda"),
            "1.2.3");
    Routes routes =
        Routes.compile(
            List.of(
                new Route(Map.of("fn_id", "fn-echo", "annotation.tier", "gold"), "gold"),
                new Route(Map.of("image", "acme/slow*"), "slow")));
    front =
        new FnLbNode(options, routes, p -> PoolAffinity.FN_ID, o -> o, access, meters)
            .front(l -> calls);
    await(onContext(() -> front.start(lane)));
    port = front.port();
  }

  <T> Future<T> onContext(Supplier<Future<T>> what) {
    Promise<T> done = Promise.promise();
    lane.context().runOnContext(v -> what.get().onComplete(done));
    return done.future();
  }

  static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return http1.send(posting(path, body, headers), HttpResponse.BodyHandlers.ofString());
  }

  HttpRequest posting(String path, String body, String... headers) {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http1.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofString());
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
