package io.busbar.ownership.impl;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.OwnershipChanged;
import io.busbar.channel.Channels;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.map.OwnerCodec;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the changes of entries that this node holds: on the bus at once, then in the channel,
 * and as lines of the audit log. A change after a pause goes at once, those that follow it closely
 * go together. What does not fit the queue is left out, which is said by an "uncertain" change.
 * Changes come from any thread and go on lane 0.
 */
final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final int MOST_QUEUED = 65_536;

  /** Most changes of one message. */
  private static final int MOST_TOGETHER = 512;

  /** Between two messages: each costs more than a change. */
  private static final long REST_MILLIS = 5;

  private final OwnershipNode node;
  private final Lane lane;
  private final ChannelFeed feed;
  private final AuditLog audit;
  private final ConcurrentLinkedQueue<OwnerChange> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicBoolean doubted = new AtomicBoolean();
  private volatile boolean closed;

  Announcer(OwnershipNode node, Lane lane, Channels channels) {
    this.node = node;
    this.lane = lane;
    this.feed = new ChannelFeed(node, lane, channels);
    this.audit = new AuditLog(node.name());
  }

  /** What is queued still goes. */
  void stop() {
    do {
      send();
    } while (!queue.isEmpty());
    closed = true;
    feed.stop();
  }

  /** Any thread. */
  void add(OwnerChange change) {
    boolean uncertain = change.kind() == OwnerChange.Kind.UNCERTAIN;
    if (uncertain && !doubted.compareAndSet(false, true)) {
      // One that says so waits already.
      return;
    }
    node.observer().changed(change.kind());
    if (closed || queued.incrementAndGet() > MOST_QUEUED) {
      if (!closed) {
        queued.decrementAndGet();
        left.incrementAndGet();
      }
      // Nobody is told of it but the log.
      doubted.compareAndSet(uncertain, false);
      audit.write(List.of(change));
    } else {
      queue.add(change);
    }
    if (scheduled.compareAndSet(false, true)) {
      lane.context().runOnContext(v -> publish());
    }
  }

  private void publish() {
    if (closed) {
      return;
    }
    send();
    if (queue.isEmpty()) {
      lane.timer(REST_MILLIS, this::rested);
    } else {
      // Others of this lane get their turn between two messages.
      lane.context().runOnContext(v -> publish());
    }
  }

  private void rested() {
    scheduled.set(false);
    boolean more = !queue.isEmpty() || left.get() > 0;
    if (more && scheduled.compareAndSet(false, true)) {
      publish();
    }
  }

  /** One message. */
  private void send() {
    int lost = left.getAndSet(0);
    if (lost > 0) {
      missed(lost);
    }
    OwnershipChanged.Builder changes = OwnershipChanged.newBuilder().setNode(node.name());
    List<OwnerChange> written = new ArrayList<>();
    for (int i = 0; i < MOST_TOGETHER; i++) {
      OwnerChange change = queue.poll();
      if (change == null) {
        break;
      }
      queued.decrementAndGet();
      written.add(change);
      if (change.kind() == OwnerChange.Kind.UNCERTAIN) {
        doubted.set(false);
      }
      changes.addChanges(OwnerCodec.wire(change));
      feed.add(change);
    }
    if (!written.isEmpty()) {
      audit.write(written);
      publish(changes.build());
    }
    feed.append();
  }

  private void missed(int changes) {
    LOG.warn("{} changes of ownership were not announced, there were too many at once", changes);
    node.observer().unannounced(changes);
    feed.add(OwnerChanges.uncertain(node.clock()));
  }

  /** Keys of a session that is over; completes when the next ones may be told. On lane 0. */
  Future<Void> freed(Holder ended, Map<String, Long> keys) {
    if (closed) {
      return Future.succeededFuture();
    }
    audit.freed(ended, keys);
    node.observer().freed(keys.size());
    publish(
        OwnershipChanged.newBuilder()
            .setNode(node.name())
            .setFreed(OwnerCodec.freed(ended, keys, node.clock()))
            .build());
    return feed.freed(ended, keys);
  }

  private void publish(OwnershipChanged changes) {
    lane.context().owner().eventBus().publish(Addresses.OWNERSHIP, changes, BusCodec.options());
  }
}
