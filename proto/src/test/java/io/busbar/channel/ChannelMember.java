package io.busbar.channel;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;

import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.PartitionLostEventImpl;
import com.hazelcast.internal.partition.impl.InternalPartitionServiceImpl;
import com.hazelcast.spi.impl.NodeEngineImpl;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.impl.ChannelNode;
import io.busbar.channel.impl.HazelcastSnapshots;
import io.busbar.channel.impl.LaneChannels;
import io.busbar.channel.ring.HazelcastRings;
import io.busbar.command.CommandClient;
import io.busbar.command.CommandObserver;
import io.busbar.command.impl.LaneCommands;
import io.busbar.member.Members;
import io.busbar.member.Membership;
import io.busbar.testing.ClusterNodes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBusOptions;
import java.util.concurrent.Callable;

/** A real member of a cluster in this process, with one lane on which channels and commands are. */
public final class ChannelMember {
  private final ClusterNodes cluster;
  private final ClusterNodes.Node node;
  private final Membership membership;
  private final Lane lane;
  private final LaneChannels channels;
  private final LaneCommands commands;

  private ChannelMember(
      ClusterNodes cluster,
      ClusterNodes.Node node,
      Membership membership,
      Lane lane,
      LaneChannels channels,
      LaneCommands commands) {
    this.cluster = cluster;
    this.node = node;
    this.membership = membership;
    this.lane = lane;
    this.channels = channels;
    this.commands = commands;
  }

  /** Who may append. */
  public enum Guard {
    /** Nodes that are a majority, as in the product. */
    MAJORITY,
    /** Everybody: nodes that have not noticed that they are alone. */
    NONE
  }

  /** Starts one and waits until it has joined. */
  public static ChannelMember start(ClusterNodes cluster, String name, ChannelCatalog catalog)
      throws Exception {
    return start(cluster, name, catalog, Guard.MAJORITY);
  }

  public static ChannelMember start(
      ClusterNodes cluster, String name, ChannelCatalog catalog, Guard guard) throws Exception {
    ClusterNodes.Node node =
        cluster.start(
            name,
            BusOptions.DEFAULTS,
            new EventBusOptions(),
            // Few partitions: what a test waits for most is their moving. Halves of a cluster merge
            // when a test says so.
            config ->
                catalog.configure(
                    config
                        .setProperty("hazelcast.partition.count", "13")
                        .setProperty("hazelcast.merge.first.run.delay.seconds", "100000")));
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
    Lane lane = node.lane(0);
    ChannelNode channelNode =
        new ChannelNode(
            node.vertx(),
            membership,
            () -> guard == Guard.NONE || membership.size().hasMajority(),
            new HazelcastRings(node.hazelcast()),
            new HazelcastSnapshots(node.hazelcast()),
            catalog,
            ChannelObserver.NONE);
    LaneChannels channels = ChannelClient.open(channelNode, lane);
    LaneCommands commands = CommandClient.open(lane, membership, CommandObserver.NONE);
    Future<?> started =
        on(
            lane,
            () -> {
              membership.listen(new Losses(lane));
              return channels
                  .start(lane)
                  .compose(v -> commands.start(lane))
                  .compose(v -> membership.exchange().start(lane));
            });
    await(started);
    return new ChannelMember(cluster, node, membership, lane, channels, commands);
  }

  private record Losses(Lane lane) implements Members.Listener {
    @Override
    public void changed(NodeInfo changed) {
      // A lane is only told of losses.
    }

    @Override
    public void left(NodeInfo gone) {
      lane.peerLeft(gone.getNodeId());
    }
  }

  /** Waits for the future of something done on the lane. */
  public <T> T get(Callable<Future<T>> action) throws Exception {
    return await(on(lane, action));
  }

  /** Does something on the lane. */
  public <T> T at(Callable<T> action) throws Exception {
    return on(lane, action);
  }

  ClusterNodes.Node node() {
    return node;
  }

  public String name() {
    return node.identity().name();
  }

  public Lane lane() {
    return lane;
  }

  public Membership members() {
    return membership;
  }

  public Channels channels() {
    return channels;
  }

  public LaneCommands commands() {
    return commands;
  }

  /** Whether this member holds the channel's ring. */
  public boolean holds(String channel) throws Exception {
    return get(() -> channels.find(channel)).node().equals(name());
  }

  /** Where its lane is. */
  public Endpoint endpoint() {
    return lane.endpoint();
  }

  /** Goes without a word; the future completes when nothing of it is left in this process. */
  public Future<Void> kill() {
    return cluster.kill(node);
  }

  /** Waits until all that it holds has its copies on other members. */
  public boolean awaitSafe() {
    return node.awaitSafe();
  }

  /** Hazelcast says here that all copies of a channel's ring are lost. */
  public void hearOfLoss(String channel) {
    NodeEngineImpl engine =
        ((HazelcastInstanceProxy) node.hazelcast()).getOriginal().node.getNodeEngine();
    InternalPartitionServiceImpl partitions =
        (InternalPartitionServiceImpl) engine.getPartitionService();
    partitions.onPartitionLost(
        new PartitionLostEventImpl(
            new HazelcastRings(node.hazelcast()).part(channel),
            InternalPartition.MAX_BACKUP_COUNT,
            engine.getThisAddress()));
  }

  /** Leaves in an orderly way. */
  public void leave() throws Exception {
    get(() -> channels.stop().<Void>mapEmpty());
    cluster.close(node);
  }
}
