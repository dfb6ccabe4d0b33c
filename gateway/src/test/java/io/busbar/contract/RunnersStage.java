package io.busbar.contract;

import io.busbar.failure.FailureCode;
import io.busbar.gateway.config.ConfigLoader;
import io.busbar.gateway.config.ConfigSources;
import io.busbar.gateway.node.Node;
import io.busbar.testing.ScriptedRunner;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A scripted Fn runner as the worker. With two nodes the client enters at the one, and the other
 * dials the runner.
 */
final class RunnersStage implements ContractStage {
  private static final String POOL = "scripted";

  private final boolean twoNodes;
  private final String cluster = "contract-" + UUID.randomUUID();
  private final Vertx vertx = Vertx.vertx();
  private final ScriptedRunner runner = ScriptedRunner.start(vertx, ScriptedEngage::serve);
  private final EntryNode entry;
  private final EntryNode.Front kind;
  private final FrontSide front;
  private Node dialling;
  private int started;

  RunnersStage(EntryNode.Front kind, boolean twoNodes) throws Exception {
    this.twoNodes = twoNodes;
    this.kind = kind;
    this.entry = new EntryNode(start(!twoNodes, ""), POOL);
    if (twoNodes) {
      dialling = start(true, entry.cluster());
    }
    this.front = entry.client(kind);
    entry.awaitWorker();
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

  @Override
  public boolean slotsComeBackSlowly() {
    return true;
  }

  /** A runner says a number; over HTTP that it was the worker who failed, over Fn the number. */
  @Override
  public FailureCode told(FailureCode fromWorker) {
    return kind == EntryNode.Front.FN ? fromWorker : FailureCode.WORKER_FAILED;
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
      dialling = start(true, entry.cluster());
    } else {
      runner.restart();
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
    if (dialling != null) {
      dialling.stop();
    }
    entry.stop();
    vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
