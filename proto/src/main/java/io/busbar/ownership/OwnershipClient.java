package io.busbar.ownership;

import com.hazelcast.core.HazelcastInstance;
import io.busbar.bus.Lane;
import io.busbar.channel.Channels;
import io.busbar.member.Membership;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.impl.LaneOwnership;
import io.busbar.ownership.impl.OwnershipNode;
import io.busbar.ownership.map.HazelcastOwners;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/** Opens the ownership primitive on a node and its lanes. */
public final class OwnershipClient {
  private OwnershipClient() {}

  /**
   * Once per node, soon after it joined: until then entries that come to a data member are not
   * changed. Blocks.
   */
  public static OwnershipNode openNode(
      Vertx vertx,
      HazelcastInstance hazelcast,
      Membership members,
      OwnershipOptions options,
      OwnershipObserver observer) {
    return openNode(vertx, hazelcast, members, options, observer, System::currentTimeMillis, null);
  }

  /**
   * The same with another clock, and with records that outlive a stop of all nodes.
   *
   * @param clock ms since 1970
   * @param disk closed by the caller, after the cluster; null = nothing is kept
   */
  public static OwnershipNode openNode(
      Vertx vertx,
      HazelcastInstance hazelcast,
      Membership members,
      OwnershipOptions options,
      OwnershipObserver observer,
      LongSupplier clock,
      OwnerDisk disk) {
    HazelcastOwners store = new HazelcastOwners(vertx, hazelcast);
    OwnershipNode node =
        new OwnershipNode(
            members,
            () -> members.size().hasMajority(),
            store,
            store::keysHere,
            options,
            observer,
            clock,
            disk);
    store.listen(node);
    store.guard(node);
    return node;
  }

  /**
   * Once per lane, on its context; it is also a member of the lane, and must be started after the
   * lane's channels.
   *
   * @param holdsData false on a member that holds no data
   */
  public static LaneOwnership open(
      OwnershipNode node, Lane lane, Channels channels, boolean holdsData) {
    return new LaneOwnership(node, lane, channels, holdsData);
  }
}
