package io.busbar;

import io.busbar.bus.BusObserver;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneHost;
import io.busbar.bus.LaneMember;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.call.CallClient;
import io.busbar.call.Calls;
import io.busbar.channel.ChannelClient;
import io.busbar.channel.ChannelObserver;
import io.busbar.channel.Channels;
import io.busbar.channel.impl.ChannelNode;
import io.busbar.channel.impl.LaneChannels;
import io.busbar.command.CommandClient;
import io.busbar.command.CommandObserver;
import io.busbar.command.Commands;
import io.busbar.command.impl.LaneCommands;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.BusClusterManager;
import io.busbar.member.Members;
import io.busbar.member.Membership;
import io.busbar.member.NodeEcho;
import io.busbar.member.PeerLoss;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.OwnershipClient;
import io.busbar.ownership.OwnershipObserver;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.ownership.impl.LaneOwnership;
import io.busbar.ownership.impl.OwnershipNode;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.host.BorrowedCalls;
import io.busbar.plugin.host.BorrowedChannels;
import io.busbar.plugin.host.BorrowedCommands;
import io.busbar.plugin.host.BorrowedOwnership;
import io.busbar.plugin.host.HostLane;
import io.busbar.plugin.host.PluginHost;
import io.busbar.plugin.host.PluginSource;
import io.busbar.worker.WorkerPorts;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An application's membership in a Busbar cluster: it serves pools with its plugins, and calls the
 * pools of others. A member without front side: it holds no data and has no vote, a gateway node
 * places its calls, and its loss is handled like a node's. Methods may be called from any thread.
 */
public final class Busbar {
  private static final Logger log = LoggerFactory.getLogger(Busbar.class);

  private final Vertx vertx;
  private final BusbarOptions options;
  private final NodeIdentity identity;
  private final Membership membership;
  private final GatewayChoice gateways;
  private final ChannelNode channels;
  private final OwnershipNode ownership;
  private final AtomicReferenceArray<HostLane> lanes;
  private final List<String> deployments = new ArrayList<>();
  private final List<PluginHost> hosts = new ArrayList<>();
  private Members.Registration registration;

  private Busbar(
      Vertx vertx,
      BusbarOptions options,
      NodeIdentity identity,
      Membership membership,
      ChannelNode channels,
      OwnershipNode ownership) {
    this.vertx = vertx;
    this.options = options;
    this.identity = identity;
    this.membership = membership;
    this.gateways = new GatewayChoice(membership);
    this.channels = channels;
    this.ownership = ownership;
    this.lanes = new AtomicReferenceArray<>(options.lanes());
  }

  /**
   * A Vert.x instance in the cluster, as {@link #join} needs it; a gateway node must be reachable.
   * Asks the name service, so not on an event loop; the caller closes it after the {@code Busbar}.
   */
  public static Future<Vertx> clustered(BusbarOptions options) {
    return BusClusterManager.build(
            Vertx.builder().with(new VertxOptions().setEventBusOptions(options.eventBus())),
            options.cluster().toHazelcast())
        .map(BusClusterManager.Clustered::vertx)
        .recover(cause -> Future.failedFuture(notJoined(options, cause).toException()));
  }

  private static Failure notJoined(BusbarOptions options, Throwable cause) {
    return Failure.of(
        FailureCode.UNAVAILABLE,
        "cluster '"
            + options.cluster().name()
            + "' was not joined through "
            + options.cluster().join()
            + " (cluster.join), expected a gateway node there: "
            + cause.getMessage());
  }

  /** With options from JSON, see {@link BusbarOptions#fromJson}. */
  public static Future<Busbar> join(Vertx vertx, JsonObject config) {
    return join(vertx, BusbarOptions.fromJson(config));
  }

  /**
   * Opens the lanes of this member on a clustered Vert.x. Fails with CONFLICT when a node of that
   * name is there already, with INVALID_REQUEST when this Vert.x is not clustered with Hazelcast.
   */
  public static Future<Busbar> join(Vertx vertx, BusbarOptions options) {
    if (!(((VertxInternal) vertx).clusterManager() instanceof HazelcastClusterManager manager)) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.INVALID_REQUEST,
                  "vertx: not clustered with Hazelcast, expected one made by Busbar.clustered")
              .toException());
    }
    NodeIdentity identity =
        new NodeIdentity(
            manager.getNodeId(),
            options.cluster().nodeName(),
            ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    NodeInfo self =
        NodeInfo.newBuilder()
            .setNodeId(identity.id())
            .setName(identity.name())
            .setIncarnation(identity.incarnation())
            .setLanes(options.lanes())
            .setGateway(false)
            .setReady(true)
            .setStartedAt(System.currentTimeMillis())
            .build();
    if (manager instanceof BusClusterManager mended) {
      mended.onLoss(() -> repair(mended));
    }
    return Membership.start(vertx, manager.getHazelcastInstance(), self)
        .map(
            membership ->
                new Busbar(
                    vertx,
                    options,
                    identity,
                    membership,
                    ChannelClient.openLite(
                        vertx, manager.getHazelcastInstance(), membership, ChannelObserver.NONE),
                    OwnershipClient.openNode(
                        vertx,
                        manager.getHazelcastInstance(),
                        membership,
                        OwnershipOptions.DEFAULTS,
                        OwnershipObserver.NONE)))
        .compose(Busbar::open);
  }

  /** A partition or a freeze may have cost entries in the table of consumers. */
  private static void repair(BusClusterManager manager) {
    manager
        .repair()
        .onSuccess(
            found -> {
              if (found.restored() + found.dropped() > 0) {
                log.warn("mended the table of consumers: {}", found);
              }
            })
        .onFailure(cause -> log.warn("the table of consumers was not checked", cause));
  }

  private Future<Busbar> open() {
    registration = membership.listen(gateways);
    MemoryBudget memory = new MemoryBudget(options.limits().memory());
    List<Future<?>> opened = new ArrayList<>();
    for (int i = 0; i < options.lanes(); i++) {
      int index = i;
      LaneHost lane =
          new LaneHost(
              here ->
                  Lanes.open(vertx, identity, index, options.limits(), memory, BusObserver.NONE),
              this::members);
      opened.add(
          vertx
              .deployVerticle(lane, new DeploymentOptions())
              .onSuccess(
                  id -> {
                    synchronized (deployments) {
                      deployments.add(id);
                    }
                  }));
    }
    return Future.join(opened)
        .map(this)
        .recover(cause -> close().transform(closed -> Future.failedFuture(cause)));
  }

  /** What lives on each lane. */
  private List<LaneMember> members(Lane lane) {
    int index = lane.endpoint().lane();
    LaneChannels laneChannels = ChannelClient.open(channels, lane);
    LaneCommands laneCommands = CommandClient.open(lane, membership, CommandObserver.NONE);
    LaneOwnership laneOwnership = OwnershipClient.open(ownership, lane, laneChannels, false);
    lanes.set(
        index,
        new HostLane(
            lane,
            WorkerPorts.open(lane),
            CallClient.openWithoutDispatcher(lane, gateways, membership),
            laneChannels,
            laneCommands,
            laneOwnership));
    List<LaneMember> members = new ArrayList<>();
    members.add(new NodeEcho());
    members.add(new PeerLoss(membership));
    members.addAll(List.of(laneChannels, laneCommands, laneOwnership));
    if (index == 0) {
      members.add(membership.exchange());
    }
    return members;
  }

  /** The Vert.x that joined. */
  public Vertx vertx() {
    return vertx;
  }

  public NodeIdentity node() {
    return identity;
  }

  /** All nodes of the cluster as this one sees them. */
  public Members members() {
    return membership;
  }

  /** Completes when a gateway node takes calls of this application for the first time. */
  public Future<Void> ready() {
    return gateways.ready();
  }

  /**
   * The client side of the call primitive, for use on the current context (one is made if there is
   * none). Calls fail with UNAVAILABLE while no gateway node is ready.
   */
  public Calls calls() {
    return here(HostLane::calls, BorrowedCalls::new);
  }

  /** Channels, for use on the current context. */
  public Channels channels() {
    return here(HostLane::channels, BorrowedChannels::new);
  }

  /** Commands, for use on the current context. */
  public Commands commands() {
    return here(HostLane::commands, BorrowedCommands::new);
  }

  /** Ownership, for use on the current context. */
  public Ownership ownership() {
    return here(HostLane::ownership, BorrowedOwnership::new);
  }

  private <T> T here(Function<HostLane, T> own, BiFunction<HostLane, Context, T> borrowed) {
    Context here = vertx.getOrCreateContext();
    for (int i = 0; i < lanes.length(); i++) {
      if (lanes.get(i).lane().context() == here) {
        return own.apply(lanes.get(i));
      }
    }
    int spread = Math.floorMod(System.identityHashCode(here), lanes.length());
    return borrowed.apply(lanes.get(spread), here);
  }

  /**
   * Starts a plugin; its worker is there for the whole cluster when the future completes.
   *
   * @param factory makes one instance per thread, or per lane
   */
  public Future<PluginHost> register(Supplier<? extends BusbarPlugin> factory) {
    return start(() -> PluginSource.of(factory));
  }

  /**
   * The same with one object: it takes one call at a time, or, with {@code eventLoop}, as many as
   * it declares, on the one lane it then must be.
   */
  public Future<PluginHost> register(BusbarPlugin plugin) {
    return start(() -> PluginSource.of(plugin));
  }

  private Future<PluginHost> start(Supplier<PluginSource> plugin) {
    PluginSource source;
    try {
      source = plugin.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
    PluginDescriptor descriptor = source.descriptor();
    List<HostLane> on = new ArrayList<>();
    for (int i = 0; i < lanes.length(); i++) {
      on.add(lanes.get(i));
    }
    if (source.single() && descriptor.eventLoop() && on.size() > 1) {
      on.subList(1, on.size()).clear();
    }
    JsonObject block = options.plugins().getJsonObject(descriptor.name(), new JsonObject());
    return PluginHost.start(vertx, source, block, on, options.host())
        .onSuccess(
            host -> {
              synchronized (hosts) {
                hosts.add(host);
              }
            });
  }

  /**
   * Takes no new calls, and completes when those that run have ended and what this application
   * owned is handed over or released, or the drain time-out has passed.
   */
  public Future<Void> drain() {
    membership.update(node -> node.toBuilder().setDraining(true).build());
    ownership.drain();
    Promise<Void> drained = Promise.promise();
    long limit =
        vertx.setTimer(
            Math.max(1, options.drainMillis()),
            fired -> {
              if (drained.tryComplete()) {
                log.warn("calls still run after {} ms of draining", options.drainMillis());
              }
            });
    onHosts(PluginHost::drain)
        .eventually(ownership::giveBack)
        .onComplete(
            done -> {
              vertx.cancelTimer(limit);
              if (done.failed()) {
                log.warn("draining failed", done.cause());
              }
              drained.tryComplete();
            });
    return drained.future();
  }

  /** Leaves: calls that still run end with DRAINING, as at a node that stops. Closes no Vert.x. */
  public Future<Void> close() {
    if (registration != null) {
      registration.close();
    }
    Failure leaving = Failure.of(FailureCode.DRAINING, "the worker's node stops");
    return onHosts(host -> host.stop(leaving))
        .transform(stopped -> undeploy())
        .transform(
            undeployed -> {
              membership.stop();
              return undeployed.succeeded()
                  ? Future.<Void>succeededFuture()
                  : Future.<Void>failedFuture(undeployed.cause());
            });
  }

  private Future<Void> undeploy() {
    List<Future<?>> gone = new ArrayList<>();
    synchronized (deployments) {
      deployments.forEach(id -> gone.add(vertx.undeploy(id)));
      deployments.clear();
    }
    return Future.join(gone).mapEmpty();
  }

  private Future<Void> onHosts(Function<PluginHost, Future<Void>> action) {
    List<Future<?>> done = new ArrayList<>();
    synchronized (hosts) {
      hosts.forEach(host -> done.add(action.apply(host)));
    }
    return Future.join(done).mapEmpty();
  }
}
