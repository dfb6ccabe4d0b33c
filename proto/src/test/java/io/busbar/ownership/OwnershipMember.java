package io.busbar.ownership;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;

import io.busbar.bus.BusOptions;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelClient;
import io.busbar.channel.ChannelObserver;
import io.busbar.channel.impl.LaneChannels;
import io.busbar.member.Membership;
import io.busbar.member.PeerLoss;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.impl.LaneOwnership;
import io.busbar.ownership.impl.OwnershipNode;
import io.busbar.ownership.map.HazelcastOwners;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A real member of a cluster in this process, with one lane on which ownership is. */
public final class OwnershipMember {
  private final ClusterNodes cluster;
  private final ClusterNodes.Node node;
  private final Membership membership;
  private final OwnershipNode owners;
  private final Lane lane;
  private final LaneChannels channels;
  private final LaneOwnership ownership;
  private final AtomicLong clockOff;

  private OwnershipMember(
      ClusterNodes cluster,
      ClusterNodes.Node node,
      Membership membership,
      OwnershipNode owners,
      Lane lane,
      LaneChannels channels,
      LaneOwnership ownership,
      AtomicLong clockOff) {
    this.cluster = cluster;
    this.node = node;
    this.membership = membership;
    this.owners = owners;
    this.lane = lane;
    this.channels = channels;
    this.ownership = ownership;
    this.clockOff = clockOff;
  }

  /** Starts one and waits until it has joined. */
  public static OwnershipMember start(ClusterNodes cluster, String name, OwnershipOptions options)
      throws Exception {
    return start(cluster, name, options, 0);
  }

  /**
   * The same with a wrong clock.
   *
   * @param clockOffMillis what it is ahead
   */
  public static OwnershipMember start(
      ClusterNodes cluster, String name, OwnershipOptions options, long clockOffMillis)
      throws Exception {
    return start(cluster, name, options, clockOffMillis, null);
  }

  /** The same with records that outlive a stop of all; null = none. */
  public static OwnershipMember start(
      ClusterNodes cluster,
      String name,
      OwnershipOptions options,
      long clockOffMillis,
      OwnerDisk disk)
      throws Exception {
    return start(cluster, name, options, clockOffMillis, disk, true);
  }

  /** One that never notices that it is in a minority, and is merged when a test says so. */
  static OwnershipMember startUnguarded(ClusterNodes cluster, String name, OwnershipOptions options)
      throws Exception {
    return start(cluster, name, options, 0, null, false);
  }

  private static OwnershipMember start(
      ClusterNodes cluster,
      String name,
      OwnershipOptions options,
      long clockOffMillis,
      OwnerDisk disk,
      boolean guarded)
      throws Exception {
    ChannelCatalog catalog = ChannelCatalog.DEFAULTS;
    ClusterNodes.Node node =
        cluster.start(
            name,
            BusOptions.DEFAULTS,
            new EventBusOptions(),
            config -> {
              if (!guarded) {
                // Few partitions: what a test waits for most is their moving.
                config
                    .setProperty("hazelcast.partition.count", "13")
                    .setProperty("hazelcast.merge.first.run.delay.seconds", "100000");
              }
              return options.configure(catalog.configure(config));
            });
    NodeInfo self =
        NodeInfo.newBuilder()
            .setNodeId(node.identity().id())
            .setName(name)
            .setIncarnation(node.identity().incarnation())
            .setLanes(1)
            .setGateway(true)
            .setReady(true)
            .build();
    Membership membership = await(Membership.start(node.vertx(), node.hazelcast(), self));
    AtomicLong off = new AtomicLong(clockOffMillis);
    LongSupplier clock = () -> System.currentTimeMillis() + off.get();
    OwnershipNode owners =
        guarded
            ? OwnershipClient.openNode(
                node.vertx(),
                node.hazelcast(),
                membership,
                options,
                OwnershipObserver.NONE,
                clock,
                disk)
            : unguarded(node, membership, options, clock);
    Lane lane = node.lane(0);
    LaneChannels channels =
        ChannelClient.open(
            ChannelClient.openNode(
                node.vertx(), node.hazelcast(), membership, catalog, ChannelObserver.NONE),
            lane);
    LaneOwnership ownership = OwnershipClient.open(owners, lane, channels, true);
    Future<?> started =
        on(
            lane,
            () ->
                new PeerLoss(membership)
                    .start(lane)
                    .compose(v -> channels.start(lane))
                    .compose(v -> ownership.start(lane))
                    .compose(v -> membership.exchange().start(lane)));
    await(started);
    return new OwnershipMember(cluster, node, membership, owners, lane, channels, ownership, off);
  }

  private static OwnershipNode unguarded(
      ClusterNodes.Node node, Membership membership, OwnershipOptions options, LongSupplier clock) {
    HazelcastOwners store = new HazelcastOwners(node.vertx(), node.hazelcast());
    OwnershipNode owners =
        new OwnershipNode(
            membership,
            () -> true,
            store,
            store::keysHere,
            options,
            OwnershipObserver.NONE,
            clock,
            null);
    store.listen(owners);
    store.guard(owners);
    return owners;
  }

  /** The member of the cluster. */
  ClusterNodes.Node node() {
    return node;
  }

  /** Waits for the future of something done on the lane. */
  public <T> T get(Callable<Future<T>> action) throws Exception {
    return await(on(lane, action));
  }

  public OwnerAnswer claim(String key) throws Exception {
    return get(() -> ownership.claim(key));
  }

  public String name() {
    return node.identity().name();
  }

  public Membership members() {
    return membership;
  }

  public Lane lane() {
    return lane;
  }

  public Ownership ownership() {
    return ownership;
  }

  public LaneChannels channels() {
    return channels;
  }

  /** Sets the clock right. */
  public void clockOff(long millis) {
    clockOff.set(millis);
  }

  /** What the lanes have in common. */
  public OwnershipNode owners() {
    return owners;
  }

  /** Partitions whose first copy is on this member. */
  public long partitions() {
    return node.hazelcast().getPartitionService().getPartitions().stream()
        .filter(part -> part.getOwner() != null && part.getOwner().localMember())
        .count();
  }

  /** As {@link ClusterNodes.Node#awaitSafe}. */
  public boolean awaitSafe() {
    return node.awaitSafe();
  }

  /** Goes without a word. */
  public void kill() throws Exception {
    node.terminate();
    cluster.close(node);
  }

  /** Leaves in an orderly way. */
  public void leave() throws Exception {
    get(() -> ownership.stop().<Void>mapEmpty());
    get(() -> channels.stop().<Void>mapEmpty());
    cluster.close(node);
  }
}
