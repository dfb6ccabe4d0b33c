package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.channel.Snapshot;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Which snapshots are stored, and which are of use. */
final class SnapshotRules {
  private SnapshotRules() {}

  /** Stores one unless a newer one is there; CONFLICT when it is not of this epoch. */
  static Future<Void> store(
      SnapshotStore store, ChannelSnapshot snapshot, long epoch, long newest) {
    if (snapshot.getEpoch() != epoch || snapshot.getOffset() > newest) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.CONFLICT,
                  "the newest frame is "
                      + epoch
                      + ":"
                      + newest
                      + ", the snapshot is of "
                      + snapshot.getEpoch()
                      + ":"
                      + snapshot.getOffset())
              .toException());
    }
    return store.put(snapshot.toBuilder().setTime(System.currentTimeMillis()).build());
  }

  /** As a subscriber is told of it. */
  static Snapshot given(ChannelSnapshot found) {
    return new Snapshot(
        found.getEpoch(),
        found.getOffset(),
        found.getContentType(),
        Buffer.buffer(found.getData().toByteArray()),
        found.getTime());
  }

  static Failure own(String channel) {
    return Failure.of(
        FailureCode.UNPROCESSABLE,
        "channel '" + channel + "' makes its snapshots itself, of the frames it is given");
  }

  /**
   * One after which all frames are kept, else one that is not present.
   *
   * @param first oldest offset that is kept
   */
  static Future<ChannelSnapshot> find(SnapshotStore store, String channel, long epoch, long first) {
    return store
        .get(channel)
        .map(
            known ->
                known != null && known.getEpoch() == epoch && known.getOffset() + 1 >= first
                    ? known.toBuilder().setPresent(true).build()
                    : ChannelSnapshot.newBuilder().setChannel(channel).build());
  }
}
