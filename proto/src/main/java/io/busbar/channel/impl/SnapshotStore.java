package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelSnapshot;
import io.vertx.core.Future;

/** The newest snapshot of each channel. Never blocks; futures complete on any thread. */
public interface SnapshotStore {
  /** Null in the future = there is none. */
  Future<ChannelSnapshot> get(String channel);

  /** Stores one, unless one of a later frame is there. */
  Future<Void> put(ChannelSnapshot snapshot);

  Future<Void> remove(String channel);
}
