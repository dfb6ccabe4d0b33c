package io.busbar.gateway.node;

import io.busbar.bus.LaneHost;
import io.busbar.gateway.cli.ExitCode;
import io.busbar.gateway.config.Config;
import io.busbar.ownership.impl.OwnershipNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway node. Its methods block and are for the threads of the program around it, never
 * for an event loop.
 */
public final class Node {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeParts parts;
  private final Duration drainTimeout;
  private Config config;
  private final AtomicBoolean ending = new AtomicBoolean();
  private final Promise<Void> ended = Promise.promise();
  private volatile int exitCode = ExitCode.OK;

  Node(NodeParts parts, Config config) {
    this.parts = parts;
    this.config = config;
    this.drainTimeout = config.node().drainTimeout();
  }

  /**
   * Starts a node; returns when its ports are open and its plugins run.
   *
   * @throws StartFailure with one line for the user; everything opened so far is closed again
   */
  public static Node start(Config config) {
    return NodeStart.run(config);
  }

  /** The line of surface section 2. */
  public String readyLine() {
    return parts.ports().readyLine(parts.membership().self().getName(), membersNow());
  }

  private int membersNow() {
    return parts.cluster().vertx().isClustered() ? parts.cluster().manager().getNodes().size() : 1;
  }

  public Readiness readiness() {
    return parts.readiness();
  }

  /**
   * Orderly end: not ready, no new calls, running ones may finish within {@code
   * node.drain-timeout}, then the node leaves the cluster. Blocks until it is over, also when
   * another thread began it.
   */
  public void drain() {
    if (ending.compareAndSet(false, true)) {
      LOG.info("draining, at most {} s", drainTimeout.toSeconds());
      parts.readiness().draining();
      parts.readiness().publish();
      await(parts.drain(), drainTimeout);
      close();
    }
    awaitEnd();
  }

  /** Starts {@link #drain} on a thread of its own and returns. */
  public void beginDrain() {
    new Thread(this::drain, "busbar-drain").start();
  }

  /**
   * Begins a drain after which the process ends as one that is to be started again: {@link
   * ExitCode#RETRY}. Any thread.
   *
   * @param why for people, one line
   */
  void endToStartAnew(String why) {
    LOG.error("this node drains and ends, to be started again: {}", why);
    exitCode = ExitCode.RETRY;
    beginDrain();
  }

  /** How the process is to end, once {@link #ended} completed. */
  int exitCode() {
    return exitCode;
  }

  /** Ends at once: running calls end with a failure, then the node leaves the cluster. */
  public void stop() {
    if (ending.compareAndSet(false, true)) {
      close();
    }
    awaitEnd();
  }

  /**
   * Takes over a configuration that was read again: {@code pools.*} and {@code
   * control-plane.peers}. Every other key keeps its value until the next start; the log names those
   * that changed.
   *
   * @throws StartFailure when a certificate file of a pool is no use; nothing is taken over then
   */
  public synchronized void reload(Config changed) {
    List<String> later = Reload.needRestart(config, changed);
    parts.plan().reload(changed);
    config = changed;
    LOG.info("configuration read again, pools and foreign hosts are taken over");
    if (!later.isEmpty()) {
      LOG.warn("changed, but not before the next start: {}", String.join(", ", later));
    }
  }

  /** Completes when the node has left the cluster. */
  public Future<Void> ended() {
    return ended.future();
  }

  private void close() {
    parts.closers().close();
    ended.complete();
  }

  private void awaitEnd() {
    try {
      ended.future().toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a node never fails", e);
    }
  }

  private static void await(Future<?> drained, Duration limit) {
    try {
      drained
          .toCompletionStage()
          .toCompletableFuture()
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("drained");
    } catch (TimeoutException e) {
      LOG.warn("node.drain-timeout is over, what still runs is ended");
    } catch (ExecutionException e) {
      LOG.warn("draining failed, what still runs is ended", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What a node is made of. */
  record NodeParts(
      NodeVertx cluster,
      io.busbar.member.Membership membership,
      Readiness readiness,
      List<LaneHost> lanes,
      NodePlugins plugins,
      OwnershipNode ownership,
      Ports ports,
      Closers closers,
      LanePlan plan) {
    Future<Void> drain() {
      ownership.drain();
      List<Future<?>> drains = new ArrayList<>();
      // Until the last key is given back the control plane does not say that this node closes.
      drains.add(plugins.drain().eventually(ownership::giveBack));
      for (LaneHost lane : lanes) {
        drains.add(lane.drain());
      }
      return Future.join(drains).mapEmpty();
    }
  }
}
