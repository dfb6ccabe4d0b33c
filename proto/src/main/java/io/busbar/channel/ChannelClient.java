package io.busbar.channel;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.bus.Lane;
import io.busbar.channel.impl.ChannelNode;
import io.busbar.channel.impl.HazelcastSnapshots;
import io.busbar.channel.impl.LaneChannels;
import io.busbar.channel.ring.HazelcastRings;
import io.busbar.member.Membership;
import io.vertx.core.Vertx;

/** Opens the channel primitive on a node and its lanes. */
public final class ChannelClient {
  private ChannelClient() {}

  /** On a node that holds data: channels are sequenced here too. Blocks. */
  public static ChannelNode openNode(
      Vertx vertx,
      HazelcastInstance hazelcast,
      Membership members,
      ChannelCatalog catalog,
      ChannelObserver observer) {
    return new ChannelNode(
        vertx,
        members,
        () -> members.size().hasMajority(),
        new HazelcastRings(hazelcast),
        new HazelcastSnapshots(hazelcast),
        catalog,
        observer);
  }

  /** On a member that holds no data. */
  public static ChannelNode openLite(
      Vertx vertx, HazelcastInstance hazelcast, Membership members, ChannelObserver observer) {
    return new ChannelNode(
        vertx,
        members,
        () -> false,
        new HazelcastRings(hazelcast),
        null,
        ChannelCatalog.DEFAULTS,
        observer);
  }

  /** Once per lane, on its context; it is also a member of the lane, and must be started. */
  public static LaneChannels open(ChannelNode node, Lane lane) {
    return new LaneChannels(node, lane);
  }
}
