package io.busbar.testing;

import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleService;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.member.BusClusterManager;
import io.busbar.member.ClusterConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Clustered Vertx of a test: real members on loopback under a cluster name of their own, in this
 * process, and {@link #address()} for those in others. Closed from the test's thread.
 */
public final class ClusterNodes implements AutoCloseable {
  /** Generous: a test waits for events, never for time. */
  private static final long PATIENCE_SECONDS = 90;

  /**
   * Seconds that a new member looks, once in a second, whether it is connected to all others, also
   * to one that was just killed. Each connection is made when it is needed, too.
   */
  private static final String WAIT_FOR_CONNECTIONS = "hazelcast.connect.all.wait.seconds";

  private final String cluster;
  private final List<Node> nodes = new ArrayList<>();
  private String seed;

  public ClusterNodes() {
    this("test-" + UUID.randomUUID(), null);
  }

  private ClusterNodes(String cluster, String seed) {
    this.cluster = cluster;
    this.seed = seed;
  }

  /** The side of another process that joins {@code cluster} at {@code address}. */
  public static ClusterNodes joining(String cluster, String address) {
    return new ClusterNodes(cluster, address);
  }

  /** One member. */
  public record Node(
      Vertx vertx,
      HazelcastInstance hazelcast,
      NodeIdentity identity,
      BusOptions options,
      MemoryBudget memory,
      RecordingObserver observer) {

    /** Opens a lane on an event loop of this node. */
    public Lane lane(int index) throws Exception {
      return lane(index, observer);
    }

    /** Opens a lane with an observer of its own. */
    public Lane lane(int index, BusObserver lanesObserver) throws Exception {
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      Promise<Lane> lane = Promise.promise();
      context.runOnContext(
          v -> Lanes.open(vertx, identity, index, options, memory, lanesObserver).onComplete(lane));
      return await(lane.future());
    }

    /**
     * Waits until each partition has its owner and its copies, which are complete. Blocks.
     *
     * @return whether it came to that
     */
    public boolean awaitSafe() {
      // Asked often: Hazelcast's own way of waiting sleeps for a second whenever it is not so yet.
      long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!hazelcast.getPartitionService().isLocalMemberSafe()) {
        if (System.nanoTime() > limit) {
          return false;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
      return true;
    }

    /** Goes without a word, as after a crash. */
    public void terminate() {
      LifecycleService life = hazelcast.getLifecycleService();
      life.terminate();
    }
  }

  /** Starts a member and waits until it has joined. */
  public Node start(String name) throws Exception {
    return start(name, BusOptions.DEFAULTS, new EventBusOptions());
  }

  public Node start(String name, BusOptions options, EventBusOptions bus) throws Exception {
    return start(name, options, bus, UnaryOperator.identity());
  }

  /** The same with the last word on Hazelcast's configuration. */
  public Node start(
      String name, BusOptions options, EventBusOptions bus, UnaryOperator<Config> customizer)
      throws Exception {
    ClusterConfig config =
        ClusterConfig.of(name).withName(cluster).withAddress("127.0.0.1", 0, "").withJoin(seeds());
    bus.setHost("127.0.0.1");
    BusClusterManager.Clustered there =
        await(
            BusClusterManager.build(
                Vertx.builder()
                    .with(
                        new VertxOptions()
                            .setPreferNativeTransport(true)
                            .setEventBusOptions(bus)
                            .setEventLoopPoolSize(2)),
                customizer.apply(config.toHazelcast().setProperty(WAIT_FOR_CONNECTIONS, "0"))));
    HazelcastInstance hazelcast = there.manager().getHazelcastInstance();
    if (seed == null) {
      seed = addressOf(hazelcast);
    }
    long incarnation = new Random().nextLong() & Long.MAX_VALUE;
    Node node =
        new Node(
            there.vertx(),
            hazelcast,
            new NodeIdentity(there.manager().getNodeId(), name, incarnation),
            options,
            new MemoryBudget(options.memory()),
            new RecordingObserver());
    nodes.add(node);
    return node;
  }

  /** All of this process: a member that knows only one waits a second for the way to the others. */
  private List<String> seeds() {
    Stream<String> here =
        nodes.stream()
            .filter(node -> node.hazelcast.getLifecycleService().isRunning())
            .map(node -> addressOf(node.hazelcast));
    return Stream.concat(here, Stream.ofNullable(seed)).distinct().toList();
  }

  private static String addressOf(HazelcastInstance hazelcast) {
    return "127.0.0.1:" + hazelcast.getCluster().getLocalMember().getAddress().getPort();
  }

  /** Name of the cluster. */
  public String cluster() {
    return cluster;
  }

  /** Where others join, {@code host:port}. */
  public String address() {
    return seed;
  }

  /** Waits for a future; the test's thread only. */
  public static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Runs something on a lane and waits for its result. */
  public static <T> T on(Lane lane, Callable<T> action) throws Exception {
    Promise<T> done = Promise.promise();
    lane.context()
        .runOnContext(
            v -> {
              try {
                done.complete(action.call());
              } catch (Exception e) {
                done.fail(e);
              }
            });
    return await(done.future());
  }

  /** The one and the others give each other up, and are two clusters from then on. */
  public void split(Node one, List<Node> others) throws Exception {
    for (Node other : others) {
      suspect(one, other);
      suspect(other, one);
    }
    awaitSize(one, 1);
    for (Node other : others) {
      awaitSize(other, others.size());
    }
  }

  private static void suspect(Node at, Node other) {
    ClusterServiceImpl members = inside(at).getClusterService();
    MemberImpl gone = members.getMember(inside(other).getThisUuid());
    if (gone != null) {
      members.suspectMember(gone, "cut off by a test", true);
    }
  }

  private static com.hazelcast.instance.impl.Node inside(Node node) {
    return ((HazelcastInstanceProxy) node.hazelcast).getOriginal().node;
  }

  /** The one looks for other clusters, and goes over to that of the other. */
  public void merge(Node one, Node other, int size) throws Exception {
    CompletableFuture<LifecycleState> merged = new CompletableFuture<>();
    UUID listener =
        one.hazelcast
            .getLifecycleService()
            .addLifecycleListener(
                event -> {
                  if (event.getState() == LifecycleState.MERGED) {
                    merged.complete(event.getState());
                  }
                });
    inside(one).getJoiner().searchForOtherClusters();
    merged.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    one.hazelcast.getLifecycleService().removeLifecycleListener(listener);
    awaitSize(one, size);
    awaitSize(other, size);
  }

  private static void awaitSize(Node node, int size) throws Exception {
    Until.holds(
        () -> node.hazelcast.getCluster().getMembers().size() == size,
        node.identity.name() + " is not one of " + size);
  }

  /** Closes one that was terminated, or leaves in an orderly way. */
  public void close(Node node) throws Exception {
    nodes.remove(node);
    // Nobody to join: asking for one who is gone would cost the next node a second.
    seed = nodes.isEmpty() ? null : addressOf(nodes.get(0).hazelcast);
    await(node.vertx.close());
  }

  /** One goes without a word; the future completes when nothing of it is left in this process. */
  public Future<Void> kill(Node node) {
    nodes.remove(node);
    seed = addressOf(nodes.get(0).hazelcast);
    return end(node);
  }

  private static Future<Void> end(Node node) {
    Promise<Void> gone = Promise.promise();
    Thread killer =
        new Thread(
            () -> {
              node.terminate();
              node.vertx.close().onComplete(gone);
            },
            "kill-" + node.identity.name());
    killer.start();
    return gone.future();
  }

  @Override
  public void close() throws Exception {
    // All at once and without a word: handing over to each other what none needs takes seconds.
    List<Future<Void>> gone = nodes.stream().map(ClusterNodes::end).toList();
    nodes.clear();
    await(Future.join(gone));
  }
}
