package io.busbar.channel.impl;

import com.google.protobuf.InvalidProtocolBufferException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.channel.ring.KeepNewer;
import io.vertx.core.Future;

/** Snapshots in a replicated map of the cluster. */
public final class HazelcastSnapshots implements SnapshotStore {
  /** Name of the map. */
  public static final String MAP = "channel-snapshots";

  private final IMap<String, byte[]> map;

  /** Blocks. */
  public HazelcastSnapshots(HazelcastInstance hazelcast) {
    this.map = hazelcast.getMap(MAP);
  }

  @Override
  public Future<ChannelSnapshot> get(String channel) {
    return Future.fromCompletionStage(map.getAsync(channel))
        .compose(
            bytes -> {
              try {
                return Future.succeededFuture(
                    bytes == null ? null : ChannelSnapshot.parseFrom(bytes));
              } catch (InvalidProtocolBufferException e) {
                return Future.failedFuture(e);
              }
            });
  }

  @Override
  public Future<Void> put(ChannelSnapshot snapshot) {
    KeepNewer newer =
        new KeepNewer(snapshot.getEpoch(), snapshot.getOffset(), snapshot.toByteArray());
    return Future.fromCompletionStage(map.submitToKey(snapshot.getChannel(), newer));
  }

  @Override
  public Future<Void> remove(String channel) {
    return Future.<byte[]>fromCompletionStage(map.removeAsync(channel)).mapEmpty();
  }
}
