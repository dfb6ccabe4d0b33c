package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** A store whose futures complete on a lane. */
final class LaneSnapshots implements SnapshotStore {
  private final SnapshotStore snapshots;
  private final Lane lane;

  LaneSnapshots(SnapshotStore snapshots, Lane lane) {
    this.snapshots = snapshots;
    this.lane = lane;
  }

  private <T> Future<T> onLane(Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> ChannelNode.onLane(lane, () -> promise.handle(done)));
    return promise.future();
  }

  @Override
  public Future<ChannelSnapshot> get(String channel) {
    return onLane(snapshots.get(channel));
  }

  @Override
  public Future<Void> put(ChannelSnapshot snapshot) {
    return onLane(snapshots.put(snapshot));
  }

  @Override
  public Future<Void> remove(String channel) {
    return onLane(snapshots.remove(channel));
  }
}
