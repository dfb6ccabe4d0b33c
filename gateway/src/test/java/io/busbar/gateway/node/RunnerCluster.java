package io.busbar.gateway.node;

import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.testing.Eventually;
import io.busbar.testing.RunnerCall;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Gateway nodes in this JVM and scripted runners beside them; calls go through real sockets. */
final class RunnerCluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(60);

  final Vertx vertx = Vertx.vertx();
  final HttpClient http = HttpClient.newHttpClient();
  private final String cluster = "runners-" + UUID.randomUUID();
  private final Map<String, Member> nodes = new LinkedHashMap<>();
  private final List<ScriptedRunner> runners = new ArrayList<>();

  /** A running node. */
  static final class Member {
    final Node node;
    final Path directory;
    final Map<String, String> ready = new HashMap<>();

    Member(Node node, Path directory) {
      this.node = node;
      this.directory = directory;
      for (String field : node.readyLine().split(" ")) {
        int equals = field.indexOf('=');
        if (equals > 0) {
          ready.put(field.substring(0, equals), field.substring(equals + 1));
        }
      }
    }

    URI uri(String path) {
      return URI.create("http://" + ready.get("http") + path);
    }
  }

  ScriptedRunner runner(Consumer<RunnerCall> script) {
    return runner(script, options -> options);
  }

  ScriptedRunner runner(Consumer<RunnerCall> script, UnaryOperator<HttpServerOptions> change) {
    ScriptedRunner runner = ScriptedRunner.start(vertx, script, change);
    runners.add(runner);
    return runner;
  }

  static String address(ScriptedRunner runner) {
    return runner.host() + ":" + runner.port();
  }

  /** Starts a node; {@code pools} is the YAML of that section. */
  Member start(String name, String pools) throws IOException {
    Path directory = Files.createTempDirectory("busbar-runners-");
    Member member = new Member(Node.start(config(name, directory, pools)), directory);
    nodes.put(name, member);
    Eventually.passes(
        PATIENCE,
        () -> name + " is not ready",
        () -> {
          if (!member.node.readiness().reasons().isEmpty()) {
            throw new AssertionError(member.node.readiness().reasons());
          }
        });
    return member;
  }

  Config config(String name, Path directory, String pools) throws IOException {
    String join = nodes.isEmpty() ? "" : nodes.values().iterator().next().ready.get("cluster");
    String yaml =
        """
        cluster: {name: %s, port: 0, lost-after: 10s, join: [%s]}
        node: {data-dir: %s, name: %s, lanes: 2}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        runner: {enabled: false}
        management: {port: 0}
        pools: %s
        """
            .formatted(cluster, join, directory, name, pools);
    Path file = directory.resolve("busbar.yaml");
    Files.writeString(file, yaml);
    return ConfigLoader.load(
        ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", name)).withFile(file));
  }

  Member node(String name) {
    return nodes.get(name);
  }

  void stop(String name) {
    nodes.remove(name).node.stop();
  }

  HttpResponse<String> call(Member node, String pool, String body, String... headers)
      throws Exception {
    return http.send(request(node, pool, body, headers), HttpResponse.BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> send(
      Member node, String pool, String body, String... headers) {
    return http.sendAsync(request(node, pool, body, headers), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest request(Member node, String pool, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.uri("/v1/pools/" + pool + "/calls"))
            .timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  HttpResponse<String> send(Member node, String method, String path, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(node.uri(path))
            .timeout(PATIENCE)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The workers that a node knows. */
  List<JsonObject> workers(Member node) throws Exception {
    JsonArray all =
        new JsonObject(send(node, "GET", "/v1/workers", "").body()).getJsonArray("workers");
    return all.stream().map(JsonObject.class::cast).toList();
  }

  /** Waits until each of the nodes knows so many workers that take calls. */
  void awaitWorkers(int count) {
    for (Member member : nodes.values()) {
      Eventually.passes(
          PATIENCE,
          () -> "workers of " + member.ready.get("node"),
          () -> {
            List<JsonObject> open =
                workers(member).stream()
                    .filter(w -> List.of("idle", "busy").contains(w.getString("status")))
                    .toList();
            if (open.size() != count) {
              throw new AssertionError(open.size() + " workers of " + count + ": " + open);
            }
          });
    }
  }

  @Override
  public void close() throws Exception {
    List<Member> all = new ArrayList<>(nodes.values());
    nodes.clear();
    for (Member member : all) {
      member.node.stop();
    }
    runners.forEach(ScriptedRunner::close);
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }
}
