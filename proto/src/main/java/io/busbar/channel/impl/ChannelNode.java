package io.busbar.channel.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelSeen;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.ChannelCatalog;
import io.busbar.channel.ChannelObserver;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** What the lanes of a node share for channels. Thread-safe. */
public final class ChannelNode {
  private final Vertx vertx;
  private final Members members;
  private final BooleanSupplier majority;
  private final RingStore rings;
  private final ChannelCatalog catalog;
  private final ChannelObserver observer;
  private final SnapshotStore snapshots;
  private final Map<String, ChannelSeen> shown = new ConcurrentHashMap<>();
  private final Map<Integer, Long> lost = new ConcurrentHashMap<>();
  private final List<LaneChannels> lanes = new CopyOnWriteArrayList<>();
  private volatile boolean merging;

  /**
   * @param majority whether enough nodes are there to change anything
   * @param snapshots null = this node never sequences a channel
   */
  public ChannelNode(
      Vertx vertx,
      Members members,
      BooleanSupplier majority,
      RingStore rings,
      SnapshotStore snapshots,
      ChannelCatalog catalog,
      ChannelObserver observer) {
    this.vertx = vertx;
    this.members = members;
    this.majority = majority;
    this.rings = rings;
    this.snapshots = snapshots;
    this.catalog = catalog;
    this.observer = observer;
    rings.onLoss(this::lost);
    rings.onMerge(this::mergeBegins, this::mergeEnded);
  }

  Vertx vertx() {
    return vertx;
  }

  Members members() {
    return members;
  }

  RingStore rings() {
    return rings;
  }

  /** The same with answers on a lane. */
  RingStore rings(Lane lane) {
    return new LaneRings(rings, lane);
  }

  /** With answers on a lane; on a node that sequences channels. */
  SnapshotStore snapshots(Lane lane) {
    return new LaneSnapshots(snapshots, lane);
  }

  /** Null = enough nodes are there to change something. */
  Failure refusesWrites() {
    return majority.getAsBoolean()
        ? null
        : Failure.of(
                FailureCode.NO_MAJORITY,
                "less than a majority of the cluster's nodes is there, nothing can be appended")
            .at(members.self().getName(), "");
  }

  /** Whether channels are sequenced here: on a node that holds rings. */
  boolean sequences() {
    return snapshots != null;
  }

  ChannelCatalog catalog() {
    return catalog;
  }

  ChannelObserver observer() {
    return observer;
  }

  // ---- lanes ----

  void opened(LaneChannels lane) {
    lanes.add(lane);
  }

  void closed(LaneChannels lane) {
    lanes.remove(lane);
  }

  /** Which lane of a node with so many looks after a channel. */
  static int home(String channel, int lanes) {
    return Math.floorMod(channel.hashCode(), Math.max(1, lanes));
  }

  /** The lane of this node that looks after a channel; null while it is not open. */
  LaneChannels home(String channel) {
    int index = home(channel, members.self().getLanes());
    for (LaneChannels lane : lanes) {
      if (lane.lane().endpoint().lane() == index) {
        return lane;
      }
    }
    return null;
  }

  // ---- places ----

  /** Whether this node holds the channel's ring. */
  boolean owns(String channel) {
    return sequences() && !merging && members.self().getMember().equals(rings.owner(channel));
  }

  /** The lane that sequences a channel, null = nobody at present. */
  Endpoint sequencer(String channel) {
    String member = rings.owner(channel);
    if (member == null) {
      return null;
    }
    for (NodeInfo node : members.nodes()) {
      if (node.getMember().equals(member)) {
        return home(channel, node);
      }
    }
    return null;
  }

  static Endpoint home(String channel, NodeInfo node) {
    return new Endpoint(node.getNodeId(), home(channel, node.getLanes()));
  }

  List<NodeInfo> others() {
    List<NodeInfo> others = new ArrayList<>(members.nodes());
    others.removeIf(node -> node.getNodeId().equals(members.self().getNodeId()));
    return others;
  }

  // ---- what was shown to subscribers here ----

  void shown(String channel, long epoch, long offset, long subscribers) {
    shown.put(
        channel,
        ChannelSeen.newBuilder()
            .setChannel(channel)
            .setEpoch(epoch)
            .setOffset(offset)
            .setSubscribers(subscribers)
            .build());
  }

  void forget(String channel) {
    shown.remove(channel);
  }

  ChannelSeen shown(String channel) {
    return shown.getOrDefault(channel, ChannelSeen.newBuilder().setChannel(channel).build());
  }

  List<ChannelSeen> shown() {
    return List.copyOf(shown.values());
  }

  // ---- losses ----

  private void lost(int part) {
    lost.put(part, System.currentTimeMillis());
    for (LaneChannels lane : lanes) {
      onLane(lane.lane(), () -> lane.lost(part));
    }
  }

  private void mergeBegins() {
    merging = true;
    for (LaneChannels lane : lanes) {
      onLane(lane.lane(), lane::mergeBegins);
    }
  }

  private void mergeEnded() {
    merging = false;
    for (LaneChannels lane : lanes) {
      onLane(lane.lane(), lane::mergeEnded);
    }
  }

  /** Whether a ring of that epoch may have lost something since. */
  boolean isSuspect(String channel, long epoch) {
    Long when = lost.get(rings.part(channel));
    return when != null && epoch <= when;
  }

  static void onLane(Lane lane, Runnable action) {
    lane.context().runOnContext(v -> action.run());
  }
}
