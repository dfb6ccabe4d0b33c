package io.busbar.contract;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.busbar.plugin.host.PluginHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
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
 * A gateway node in this JVM with the scripted plugin in it, or, for two nodes, in a member
 * application beside it. Calls go through real sockets on both sides.
 */
final class NodesStage implements ContractStage {
  /** Which client. */
  enum Front {
    HTTP_1,
    HTTP_2,
    FN
  }

  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final HttpClient ASKING = HttpClient.newHttpClient();

  private final boolean twoNodes;
  private final boolean eventLoop;
  private final String cluster = "contract-" + UUID.randomUUID();
  private final Node node;
  private final Map<String, String> ready = new HashMap<>();
  private final FrontSide front;
  private Vertx memberVertx;
  private Busbar member;
  private PluginHost host;
  private int members;

  NodesStage(Front kind, boolean eventLoop, boolean twoNodes) throws Exception {
    this.twoNodes = twoNodes;
    this.eventLoop = eventLoop;
    Path data = Files.createTempDirectory("busbar-contract-");
    this.node = Node.start(ConfigLoader.load(sources(data)));
    for (String field : node.readyLine().split(" ")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        ready.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
    if (twoNodes) {
      joinMember();
    }
    this.front = client(kind);
    awaitWorker();
  }

  private ConfigSources sources(Path data) {
    String pools = "";
    for (String pool : List.of("scripted", "scripted-loop")) {
      pools += ("  %s:%n    queue: 2%n    queue-timeout: 1s%n    replay: 1MiB%n").formatted(pool);
    }
    String yaml =
        """
        cluster: {name: %s, port: 0, lost-after: 10s}
        node: {data-dir: %s, name: contract}
        bus: {port: 0}
        http: {port: 0}
        control-plane: {port: 0}
        runner: {port: 0}
        management: {port: 0}
        pools:
        %s
        routes:
          - {match: {fn_id: scripted}, pool: scripted}
          - {match: {fn_id: scripted-loop}, pool: scripted-loop}
          - {match: {fn_id: no-such-pool}, pool: no-such-pool}
        """
            .formatted(cluster, data, pools.stripTrailing());
    Path file = data.resolve("busbar.yaml");
    try {
      Files.writeString(file, yaml);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    ConfigSources sources =
        ConfigSources.NONE.withEnvironment(Map.of("HOSTNAME", "contract")).withFile(file);
    return twoNodes ? sources : sources.withPlugins(plugin().getName());
  }

  private Class<?> plugin() {
    return eventLoop ? ScriptedLoopPlugin.class : ScriptedPlugin.class;
  }

  private FrontSide client(Front kind) {
    String[] http = ready.get("http").split(":");
    String[] runner = ready.get("runner").split(":");
    return switch (kind) {
      case HTTP_1 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_1_1);
      case HTTP_2 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_2);
      case FN -> new FnFrontSide(runner[0], Integer.parseInt(runner[1]));
    };
  }

  private void joinMember() throws Exception {
    BusbarOptions options =
        BusbarOptions.fromJson(
            new JsonObject()
                .put("node", new JsonObject().put("name", "member-" + ++members))
                .put(
                    "cluster",
                    new JsonObject()
                        .put("name", cluster)
                        .put("port", 0)
                        .put("lost-after", "10s")
                        .put(
                            "join", new io.vertx.core.json.JsonArray().add(ready.get("cluster")))));
    memberVertx = get(Busbar.clustered(options));
    member = get(Busbar.join(memberVertx, options));
    registerPlugin();
  }

  private void registerPlugin() throws Exception {
    host =
        get(
            eventLoop
                ? member.register(ScriptedLoopPlugin::new)
                : member.register(ScriptedPlugin::new));
  }

  @Override
  public FrontSide front() {
    return front;
  }

  @Override
  public String pool() {
    return eventLoop ? "scripted-loop" : "scripted";
  }

  @Override
  public boolean severalNodes() {
    return twoNodes;
  }

  @Override
  public void loseWorker() throws Exception {
    get(host.stop());
    host = null;
  }

  @Override
  public void loseWorkerNode() throws Exception {
    HazelcastClusterManager manager =
        (HazelcastClusterManager) ((VertxInternal) memberVertx).clusterManager();
    manager.getHazelcastInstance().getLifecycleService().terminate();
    // What is left of the instance in this JVM goes too; how that ends does not matter.
    memberVertx.close().onComplete(closed -> memberVertx = null);
    host = null;
    member = null;
  }

  @Override
  public void restore() throws Exception {
    if (member == null) {
      joinMember();
    } else {
      registerPlugin();
    }
    awaitWorker();
  }

  private void awaitWorker() {
    Eventually.passes(
        WAIT,
        () -> "no worker of " + pool(),
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
        .filter(worker -> worker.getString("pool").equals(pool()))
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
    if (member != null) {
      get(member.close());
      get(memberVertx.close());
    }
    node.stop();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
  }
}
