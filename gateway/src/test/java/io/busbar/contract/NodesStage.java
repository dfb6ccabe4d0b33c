package io.busbar.contract;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.plugin.host.PluginHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A gateway node in this JVM with the scripted plugin in it, or, for two nodes, in a member
 * application beside it. Calls go through real sockets on both sides.
 */
final class NodesStage implements ContractStage {
  private final boolean twoNodes;
  private final boolean eventLoop;
  private final String cluster = "contract-" + UUID.randomUUID();
  private final EntryNode entry;
  private final FrontSide front;
  private Vertx memberVertx;
  private Busbar member;
  private PluginHost host;
  private int members;

  NodesStage(EntryNode.Front kind, boolean eventLoop, boolean twoNodes) throws Exception {
    this.twoNodes = twoNodes;
    this.eventLoop = eventLoop;
    Path data = Files.createTempDirectory("busbar-contract-");
    this.entry = new EntryNode(Node.start(ConfigLoader.load(sources(data))), pool());
    if (twoNodes) {
      joinMember();
    }
    this.front = entry.client(kind);
    entry.awaitWorker();
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
                        .put("join", new io.vertx.core.json.JsonArray().add(entry.cluster()))));
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
    entry.awaitWorker();
  }

  @Override
  public void awaitIdle() {
    entry.awaitIdle();
  }

  @Override
  public void awaitNobodyWaits() {
    entry.awaitNobodyWaits();
  }

  @Override
  public void close() throws Exception {
    front.close();
    if (member != null) {
      get(member.close());
      get(memberVertx.close());
    }
    entry.stop();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future
        .toCompletionStage()
        .toCompletableFuture()
        .get(EntryNode.WAIT.toSeconds(), TimeUnit.SECONDS);
  }
}
