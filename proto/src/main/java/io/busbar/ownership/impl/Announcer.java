package io.busbar.ownership.impl;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.OwnershipChanged;
import io.busbar.channel.Append;
import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.map.OwnerCodec;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Announces the changes of entries that this node holds: on the bus at once, then as frames of the
 * channel, and as lines of the audit log. A change after a pause goes at once, those that follow it
 * closely go together. What does not fit the queue is left out, which is said by an "uncertain"
 * change. Changes come from any thread and go on lane 0.
 */
final class Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);
  private static final Logger AUDIT = LoggerFactory.getLogger("busbar.audit.ownership");
  private static final int MOST_QUEUED = 65_536;
  private static final long AGAIN_MILLIS = 250;

  /** Between two messages, and between two writes to the channel: each costs more than a change. */
  private static final long REST_MILLIS = 5;

  private static final int MOST_TRIES = 120;

  private final OwnershipNode node;
  private final Lane lane;
  private final Channels channels;
  private final ConcurrentLinkedQueue<OwnerChange> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final ConcurrentLinkedQueue<OwnerChange> frames = new ConcurrentLinkedQueue<>();
  private final AtomicInteger framed = new AtomicInteger();
  private boolean appending;
  private boolean resting;
  private boolean closed;

  Announcer(OwnershipNode node, Lane lane, Channels channels) {
    this.node = node;
    this.lane = lane;
    this.channels = channels;
  }

  /** What is queued still goes. */
  void stop() {
    resting = false;
    send();
    closed = true;
  }

  /** Any thread. */
  void add(OwnerChange change) {
    audit(change);
    node.observer().changed(change.kind());
    if (queued.incrementAndGet() > MOST_QUEUED) {
      queued.decrementAndGet();
      left.incrementAndGet();
    } else {
      queue.add(change);
    }
    if (scheduled.compareAndSet(false, true)) {
      lane.context().runOnContext(v -> publish());
    }
  }

  private static void audit(OwnerChange change) {
    if (AUDIT.isInfoEnabled()) {
      AUDIT.info("{}", OwnerChanges.json(change).encode());
    }
  }

  private void publish() {
    if (!closed) {
      send();
      lane.timer(REST_MILLIS, this::rested);
    }
  }

  private void rested() {
    scheduled.set(false);
    boolean more = !queue.isEmpty() || left.get() > 0;
    if (more && scheduled.compareAndSet(false, true)) {
      publish();
    }
  }

  private void send() {
    int lost = left.getAndSet(0);
    if (lost > 0) {
      missed(lost);
    }
    while (!queue.isEmpty()) {
      OwnershipChanged.Builder changes = OwnershipChanged.newBuilder().setNode(node.name());
      for (int i = 0; i < Append.MAX_FRAMES; i++) {
        OwnerChange change = queue.poll();
        if (change == null) {
          break;
        }
        queued.decrementAndGet();
        changes.addChanges(OwnerCodec.wire(change));
        toChannel(change);
      }
      lane.context()
          .owner()
          .eventBus()
          .publish(Addresses.OWNERSHIP, changes.build(), BusCodec.options());
    }
    append();
  }

  private void missed(int changes) {
    LOG.warn("{} changes of ownership were not announced, there were too many at once", changes);
    node.observer().unannounced(changes);
    toChannel(OwnerChanges.uncertain(node.clock()));
  }

  private void toChannel(OwnerChange change) {
    if (framed.incrementAndGet() > MOST_QUEUED) {
      framed.decrementAndGet();
      left.incrementAndGet();
    } else {
      frames.add(change);
    }
  }

  // ---- the channel ----

  private void append() {
    boolean wait = appending || resting && framed.get() < Append.MAX_FRAMES;
    if (wait || closed || frames.isEmpty()) {
      return;
    }
    List<Append.Content> batch = new ArrayList<>();
    for (int i = 0; i < Append.MAX_FRAMES; i++) {
      OwnerChange change = frames.poll();
      if (change == null) {
        break;
      }
      framed.decrementAndGet();
      JsonObject json = OwnerChanges.json(change).put("node", node.name());
      batch.add(new Append.Content(json.toBuffer(), "application/json", change.key()));
    }
    appending = true;
    append(new Append(Ownership.CHANNEL, batch, UUID.randomUUID().toString(), null), MOST_TRIES);
  }

  private void append(Append batch, int tries) {
    channels
        .append(batch)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                appending = false;
                rest();
              } else {
                failed(batch, tries - 1, Failure.of(done.cause()));
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
  private void failed(Append batch, int tries, Failure failure) {
    if (closed) {
      return;
    }
    if (tries > 0) {
      lane.timer(AGAIN_MILLIS, () -> append(batch, tries));
      return;
    }
    LOG.warn("{} changes of ownership are not in the channel: {}", batch.frames().size(), failure);
    node.observer().unannounced(batch.frames().size());
    appending = false;
    toChannel(OwnerChanges.uncertain(node.clock()));
  }
}
