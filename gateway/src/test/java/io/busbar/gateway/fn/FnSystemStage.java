package io.busbar.gateway.fn;

import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.busbar.testing.FakeFnLb;
import io.busbar.testing.FreePorts;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One node that is a runner and a load balancer, with the plugins of the system tests in it. */
final class FnSystemStage implements AutoCloseable {
  static final Duration WAIT = Duration.ofSeconds(60);

  final Vertx vertx = Vertx.vertx();
  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  final Path barrier;
  final FakeFnLb lb;
  private final Node node;
  private final Map<String, String> ready = new HashMap<>();

  FnSystemStage() throws Exception {
    Path data = Files.createTempDirectory("busbar-fn-system-");
    barrier = data.resolve("barrier_file.txt");
    Path file = data.resolve("busbar.yaml");
    Files.writeString(file, yaml(data));
    ConfigSources sources =
        ConfigSources.NONE
            .withEnvironment(Map.of("HOSTNAME", "fn-system"))
            .withFile(file)
            .withPlugins(
                FnTestImage.class.getName(),
                FnTestHooks.Status.class.getName(),
                FnTestHooks.Health.class.getName(),
                FnTestHooks.Configure.class.getName(),
                FnTestHooks.Logs.class.getName());
    node = Node.start(ConfigLoader.load(sources));
    for (String field : node.readyLine().split(" ")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        ready.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    lb = new FakeFnLb(vertx, "127.0.0.1", port("runner"));
    awaitWorkers(5);
  }

  private String yaml(Path data) throws IOException {
    return """
        cluster: {name: fn-system-%s, port: 0}
        node: {data-dir: %s, name: fn-system}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        management: {port: 0}
        runner:
          port: 0
          configure-hook: fn-configure
          logs-hook: fn-logs
          status: {pool: fn-status, health-hook: fn-health, image: fn-test/status, barrier-file: %s}
        fn-lb:
          port: %d
          extensions: {FN_CHEESE: Tete de Moine}
          functions:
            - {id: test-fn, app: myapp, image: fn-test/utils, timeout: 10, triggers: [/mytrigger]}
            - {id: slow-start, app: myapp, timeout: 1, config: {ENABLE_INIT_DELAY_MSEC: "10000"}}
        pools:
          fn-test: {queue-timeout: 5s}
        routes:
          - {match: {app_name: myapp}, pool: fn-test}
        """
        .formatted(UUID.randomUUID(), data, barrier, FreePorts.one());
  }

  private void awaitWorkers(int count) {
    Eventually.passes(
        WAIT,
        () -> "workers are missing",
        () -> {
          String workers = send("http", "GET", "/v1/workers", "").body();
          if (new JsonObject(workers).getJsonArray("workers").size() < count) {
            throw new AssertionError(workers);
          }
        });
  }

  int port(String front) {
    String address = ready.get(front);
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  HttpRequest request(String front, String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + ready.get(front) + path))
            .timeout(WAIT)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return (headers.length > 0 ? request.headers(headers) : request).build();
  }

  HttpResponse<String> send(
      String front, String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return http.send(
        request(front, method, path, body, headers), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() throws Exception {
    lb.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    node.stop();
  }
}
