package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.channel.Append;
import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings changes to the channel of ownership, many in one append, one append at a time. Changes
 * that do not fit the queue are left out, which an "uncertain" change says. On lane 0.
 */
final class ChannelFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelFeed.class);
  private static final int MOST_QUEUED = 65_536;
  private static final int MOST_FREED = 64;

  /** Most changes of one append. */
  private static final int MOST_TOGETHER = 8_192;

  private static final long AGAIN_MILLIS = 250;

  /** Between two writes: each costs more than a change. */
  private static final long REST_MILLIS = 5;

  private static final int MOST_TRIES = 120;

  private final OwnershipNode node;
  private final Lane lane;
  private final Channels channels;
  private final Deque<OwnerChange> changes = new ArrayDeque<>();
  private final Deque<Freed> freed = new ArrayDeque<>();
  private int left;
  private boolean appending;
  private boolean resting;
  private boolean closed;

  private record Freed(Append.Content frame, Promise<Void> told) {}

  ChannelFeed(OwnershipNode node, Lane lane, Channels channels) {
    this.node = node;
    this.lane = lane;
    this.channels = channels;
  }

  void stop() {
    closed = true;
    freed.forEach(one -> one.told().tryComplete());
    freed.clear();
  }

  void add(OwnerChange change) {
    if (changes.size() >= MOST_QUEUED) {
      left++;
    } else {
      changes.add(change);
    }
  }

  /** Completes when it is in the channel, or cannot come there; wait for it before the next. */
  Future<Void> freed(Holder ended, Map<String, Long> keys) {
    Promise<Void> told = Promise.promise();
    if (closed || freed.size() >= MOST_FREED) {
      left += closed ? 0 : keys.size();
      return Future.succeededFuture();
    }
    JsonObject json = OwnerChanges.freed(ended, keys).put("node", node.name());
    freed.add(new Freed(new Append.Content(json.toBuffer(), "application/json", ""), told));
    append();
    return told.future();
  }

  /** Sends what is queued, now or as soon as the append before is done. */
  void append() {
    boolean few = changes.size() + freed.size() < Append.MAX_FRAMES && freed.isEmpty();
    boolean nothing = changes.isEmpty() && freed.isEmpty() && left == 0;
    if (appending || closed || nothing || resting && few) {
      return;
    }
    if (left > 0) {
      missed();
    }
    ChangeFrames frames = new ChangeFrames(node.name(), changes.size() > Append.MAX_FRAMES);
    for (int i = 0; i < MOST_TOGETHER && frames.size() < Append.MAX_FRAMES / 2; i++) {
      OwnerChange change = changes.poll();
      if (change == null) {
        break;
      }
      frames.add(change);
    }
    List<Append.Content> batch = new ArrayList<>(frames.done());
    List<Promise<Void>> told = new ArrayList<>();
    for (Freed one = freed.poll(); one != null; one = freed.poll()) {
      batch.add(one.frame());
      told.add(one.told());
    }
    appending = true;
    Append append = new Append(Ownership.CHANNEL, batch, UUID.randomUUID().toString(), null);
    append(append, MOST_TRIES, told);
  }

  private void missed() {
    LOG.warn("{} changes of ownership were not announced, there were too many at once", left);
    node.observer().unannounced(left);
    left = 0;
    changes.add(OwnerChanges.uncertain(node.clock()));
  }

  private void append(Append batch, int tries, List<Promise<Void>> told) {
    channels
        .append(batch)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                appending = false;
                told.forEach(Promise::tryComplete);
                rest();
              } else {
                failed(batch, tries - 1, told, Failure.of(done.cause()));
              }
            });
  }

  private void rest() {
    resting = true;
    append();
    lane.timer(
        REST_MILLIS,
        () -> {
          resting = false;
          append();
        });
  }

  /** It is tried again with its id while that may help; a reader sees it once. */
  private void failed(Append batch, int tries, List<Promise<Void>> told, Failure failure) {
    if (closed) {
      told.forEach(Promise::tryComplete);
      return;
    }
    if (tries > 0) {
      lane.timer(AGAIN_MILLIS, () -> append(batch, tries, told));
      return;
    }
    LOG.warn("{} frames of changes are not in the channel: {}", batch.frames().size(), failure);
    node.observer().unannounced(batch.frames().size());
    appending = false;
    told.forEach(Promise::tryComplete);
    changes.add(OwnerChanges.uncertain(node.clock()));
  }
}
