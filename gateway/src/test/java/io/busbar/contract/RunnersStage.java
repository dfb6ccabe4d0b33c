package io.busbar.contract;

import io.busbar.failure.FailureCode;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A scripted Fn runner as the worker. With two nodes the client enters at the one, and the other
 * dials the runner.
 */
final class RunnersStage implements ContractStage {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final HttpClient ASKING = HttpClient.newHttpClient();
  private static final String POOL = "scripted";

  private final boolean twoNodes;
  private final String cluster = "contract-" + UUID.randomUUID();
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedRunner runner = ScriptedRunner.start(vertx, ScriptedEngage::serve);
  private final Node entry;
  private final Map<String, String> ready;
  private final NodesStage.Front kind;
  private final FrontSide front;
  private Node dialling;
  private int started;

  RunnersStage(NodesStage.Front kind, boolean twoNodes) throws Exception {
    this.twoNodes = twoNodes;
    this.kind = kind;
    this.entry = start(!twoNodes, "");
    this.ready = fields(entry);
    if (twoNodes) {
      dialling = start(true, ready.get("cluster"));
    }
    this.front = client(kind);
    awaitWorker();
  }

  private Node start(boolean dials, String join) throws Exception {
    Path data = Files.createTempDirectory("busbar-contract-");
    String name = "contract-" + ++started;
    String yaml =
        """
        cluster: {name: %s, port: 0, lost-after: 10s, join: [%s]}
        node: {data-dir: %s, name: %s}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        runner: {port: 0}
        management: {port: 0}
        pools:
          %s:
            runners: [%s]
            concurrency: %d
            queue: 2
            queue-timeout: 1s
            replay: 1MiB
            headroom: 0s
            health: {ramp: 500ms}
        routes:
          - {match: {fn_id: scripted}, pool: scripted}
          - {match: {fn_id: no-such-pool}, pool: no-such-pool}
        """
            .formatted(
                cluster,
                join,
                data,
                name,
                POOL,
                dials ? runner.host() + ":" + runner.port() : "",
                ScriptedPlugin.CONCURRENCY);
    Path file = data.resolve("busbar.yaml");
    Files.writeString(file, yaml);
    return Node.start(
        ConfigLoader.load(
            ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", name)).withFile(file)));
  }

  private static Map<String, String> fields(Node node) {
    Map<String, String> fields = new HashMap<>();
    for (String field : node.readyLine().split(" ")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    return fields;
  }

  private FrontSide client(NodesStage.Front which) {
    String[] http = ready.get("http").split(":");
    String[] fn = ready.get("runner").split(":");
    return switch (which) {
      case HTTP_1 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_1_1);
      case HTTP_2 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_2);
      case FN -> new FnFrontSide(fn[0], Integer.parseInt(fn[1]));
    };
  }

  @Override
  public FrontSide front() {
    return front;
  }

  @Override
  public String pool() {
    return POOL;
  }

  @Override
  public boolean severalNodes() {
    return twoNodes;
  }

  /** A runner says a number; over HTTP that it was the worker who failed, over Fn the number. */
  @Override
  public FailureCode told(FailureCode fromWorker) {
    return kind == NodesStage.Front.FN ? fromWorker : FailureCode.WORKER_FAILED;
  }

  @Override
  public void loseWorker() {
    runner.kill();
  }

  @Override
  public void loseWorkerNode() {
    dialling.stop();
    dialling = null;
  }

  @Override
  public void restore() throws Exception {
    if (dialling == null) {
      dialling = start(true, ready.get("cluster"));
    } else {
      runner.restart();
    }
    awaitWorker();
  }

  private void awaitWorker() {
    Eventually.passes(
        WAIT,
        () -> "no worker of " + POOL,
        () -> {
          if (workers().isEmpty()) {
            throw new AssertionError("no worker");
          }
        });
  }

  @Override
  public void awaitIdle() {
    Eventually.passes(
        WAIT,
        () -> "still busy",
        () -> {
          for (JsonObject worker : workers()) {
            if (worker.getInteger("running_tasks") != 0) {
              throw new AssertionError("busy: " + worker.encode());
            }
          }
        });
  }

  @Override
  public void awaitNobodyWaits() {
    Eventually.passes(
        WAIT,
        () -> "somebody still waits",
        () -> {
          for (JsonObject pool : list("pools")) {
            if (pool.getInteger("waiting") != 0) {
              throw new AssertionError(pool.encode());
            }
          }
        });
  }

  private List<JsonObject> workers() throws Exception {
    return list("workers").stream()
        .filter(worker -> worker.getString("pool").equals(POOL))
        .toList();
  }

  private List<JsonObject> list(String what) throws Exception {
    HttpResponse<String> answer =
        ASKING.send(
            HttpRequest.newBuilder(URI.create("http://" + ready.get("http") + "/v1/" + what))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new JsonObject(answer.body())
        .getJsonArray(what).stream().map(JsonObject.class::cast).toList();
  }

  @Override
  public void close() throws Exception {
    front.close();
    if (dialling != null) {
      dialling.stop();
    }
    entry.stop();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
