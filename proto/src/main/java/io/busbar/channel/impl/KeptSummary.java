package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelForm;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelSummary;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The summary of a channel in the hands of its sequencer. It is stored each time that half of the
 * history has passed, and at the latest before a frame goes that the stored one does not hold; so
 * the next sequencer has it all again from what is stored and what is kept. On the channel's lane.
 */
final class KeptSummary {
  private static final Logger LOG = LoggerFactory.getLogger(KeptSummary.class);

  private final String channel;
  private final SnapshotStore store;

  /** Null = the channel has none. */
  private final ChannelSummary summary;

  private final long often;
  private long epoch;
  private long offset;
  private long stored;
  private Future<Void> storing;

  KeptSummary(String channel, ChannelForm form, int capacity, SnapshotStore store) {
    this.channel = channel;
    this.store = store;
    this.summary = form == null ? null : form.summary();
    this.often = Math.max(1, capacity / 2);
  }

  boolean isKept() {
    return summary != null;
  }

  /** Takes what is stored, of whatever epoch, null in the future = there is nothing. */
  Future<Void> load() {
    if (summary == null) {
      return Future.succeededFuture();
    }
    return store
        .get(channel)
        .map(
            found -> {
              if (found != null) {
                summary.read(found.getData());
                epoch = found.getEpoch();
                offset = found.getOffset();
                stored = offset;
              }
              return null;
            });
  }

  /** Epoch of the newest frame that it has, 0 = none. */
  long epoch() {
    return epoch;
  }

  long offset() {
    return offset;
  }

  /**
   * What is known holds for the beginning of this epoch, unless it is of the epoch already: a
   * training does not end when the cluster forgets its frames.
   */
  void enter(long now) {
    if (epoch != now) {
      epoch = now;
      offset = 0;
      stored = -1;
    }
  }

  /** Takes a frame that is kept safely; those that it has are left out. */
  void add(FrameRecord frame) {
    if (summary != null && frame.getOffset() > offset) {
      summary.add(new ChannelFrame(epoch, frame));
      offset = frame.getOffset();
      if (offset - stored >= often && storing == null) {
        store().onFailure(cause -> LOG.debug("channel {}: it is stored later", channel, cause));
      }
    }
  }

  /** The state after the newest frame. */
  ChannelSnapshot snapshot() {
    return ChannelSnapshot.newBuilder()
        .setChannel(channel)
        .setEpoch(epoch)
        .setOffset(offset)
        .setContentType(summary.contentType())
        .setData(summary.write())
        .setTime(System.currentTimeMillis())
        .setPresent(true)
        .build();
  }

  /** Completes when frames below that offset may go: they are part of what is stored. */
  Future<Void> beforeDropping(long head) {
    if (summary == null || Math.min(head - 1, offset) <= stored) {
      return Future.succeededFuture();
    }
    return store()
        .otherwise(
            cause -> {
              LOG.warn("channel {}: its summary is not stored, frames go without", channel, cause);
              return null;
            });
  }

  /** Stores what is known now. */
  private Future<Void> store() {
    long upTo = offset;
    Future<Void> done = storing == null ? Future.succeededFuture() : storing.otherwiseEmpty();
    Future<Void> mine =
        done.compose(v -> store.put(snapshot())).onSuccess(v -> stored = Math.max(stored, upTo));
    storing = mine;
    return mine.onComplete(
        v -> {
          if (storing == mine) {
            storing = null;
          }
        });
  }
}
