package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.OwnerRequest;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets released keys after {@code ownership.tombstones}. First the floor is raised over their
 * epochs; they go one round later, when every node has read the new floor. One node does it, the
 * first by name; all read the floor. On lane 0.
 */
final class Tombstones {
  private static final Logger LOG = LoggerFactory.getLogger(Tombstones.class);
  private static final long LONGEST_ROUND_MILLIS = 60_000;
  private static final int BATCH = 5_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final long roundMillis;
  private List<OwnerRecord> covered = List.of();
  private boolean closed;

  Tombstones(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
    this.roundMillis =
        Math.max(500, Math.min(LONGEST_ROUND_MILLIS, node.options().tombstoneMillis() / 4));
  }

  void start() {
    round();
  }

  void stop() {
    closed = true;
  }

  private void round() {
    if (closed) {
      return;
    }
    node.count().count();
    node.onLane(node.store().floor(), lane)
        .compose(
            floor -> {
              node.floor(floor);
              return isFirst() && node.refusesWrites() == null ? sweep() : Future.succeededFuture();
            })
        .onComplete(
            done -> {
              if (done.failed()) {
                covered = List.of();
                LOG.debug("released keys were not looked after", done.cause());
              }
              if (!closed) {
                lane.timer(roundMillis, this::round);
              }
            });
  }

  private boolean isFirst() {
    String first = node.name();
    for (NodeInfo other : node.members().nodes()) {
      if (other.getGateway() && other.getName().compareTo(first) < 0) {
        first = other.getName();
      }
    }
    return first.equals(node.name());
  }

  private Future<Void> sweep() {
    for (OwnerRecord record : covered) {
      OwnerRequest drop = new OwnerRequest.Drop(node.stamp(0), record.epoch());
      node.store()
          .apply(record.key(), drop)
          .onFailure(cause -> LOG.debug("a released key stays: {}", Failure.of(cause).detail()));
    }
    covered = List.of();
    return node.onLane(
            node.store().unused(node.clock() - node.options().tombstoneMillis(), BATCH), lane)
        .compose(
            unused -> {
              long highest = unused.stream().mapToLong(OwnerRecord::epoch).max().orElse(0);
              if (highest == 0) {
                covered = unused;
                return Future.succeededFuture();
              }
              return node.onLane(node.store().raiseFloor(highest), lane)
                  .map(
                      floor -> {
                        node.floor(floor);
                        covered = unused;
                        return null;
                      });
            });
  }
}
