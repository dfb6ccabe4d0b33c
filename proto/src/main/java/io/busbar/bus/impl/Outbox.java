package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Envelope;
import io.busbar.bus.v1.Item;
import io.vertx.core.AsyncResult;
import java.util.ArrayDeque;

/**
 * What one lane has for another in this turn. Full = the link has not taken the last {@link
 * #MAX_IN_TRANSIT} messages: then frames wait and other items are dropped, which their senders
 * repeat anyway.
 */
final class Outbox {
  static final int MAX_IN_TRANSIT = 2048;

  /** Items of one message. */
  private static final int MAX_ITEMS = 512;

  final Endpoint to;
  final PeerNode peer;
  boolean dirty;

  private final Endpoint self;
  private final LaneIo io;
  private final BusObserver observer;
  private final BusObserver.PeerClass peerClass;
  private final long maxBytes;
  private final ArrayDeque<Item> unhurried = new ArrayDeque<>();
  private final OwnItems own;
  private Envelope.Builder open;
  private int items;
  private long bytes;
  private long size;
  private int inTransit;

  /**
   * @param own what the lane has for itself, when that is where this goes; else null
   */
  Outbox(
      Endpoint self,
      Endpoint to,
      PeerNode peer,
      OwnItems own,
      long maxBytes,
      LaneIo io,
      BusObserver observer) {
    this.own = own;
    this.self = self;
    this.to = to;
    this.peer = peer;
    this.maxBytes = maxBytes;
    this.io = io;
    this.observer = observer;
    this.peerClass = peer.local ? BusObserver.PeerClass.LOCAL : BusObserver.PeerClass.REMOTE;
  }

  /** Whether it leads to the lane itself. */
  boolean own() {
    return own != null;
  }

  boolean full() {
    return inTransit >= MAX_IN_TRANSIT;
  }

  boolean idle() {
    return items == 0 && inTransit == 0 && unhurried.isEmpty();
  }

  /** Adds an item; {@code data} = bytes of frame data in it. */
  void add(Item item, int data) {
    if (own != null) {
      own.add(item);
      return;
    }
    // What is not data is small, but for the heads of calls; on the wire their size counts.
    long itemSize = peer.local || data > 0 ? data : item.getSerializedSize();
    if (items > 0 && (size + itemSize > maxBytes || items >= MAX_ITEMS)) {
      flush();
    }
    if (open == null) {
      open = Envelope.newBuilder().setNode(self.node()).setLane(self.lane());
    }
    open.addItems(item);
    items++;
    bytes += data;
    size += itemSize;
  }

  /** Keeps an item for the next message to this lane, whatever causes it. */
  void addUnhurried(Item item) {
    unhurried.add(item);
  }

  boolean hasUnhurried() {
    return !unhurried.isEmpty();
  }

  /** Puts in what waited for a message. */
  void takeUnhurried() {
    for (Item item = unhurried.poll(); item != null; item = unhurried.poll()) {
      add(item, 0);
    }
  }

  /** Sends all that is ready. */
  void flushAll() {
    takeUnhurried();
    flush();
  }

  void drop() {
    observer.itemsDropped(1);
  }

  private void flush() {
    if (items == 0) {
      return;
    }
    Envelope envelope = open.setSentMs(io.now()).build();
    int count = items;
    observer.envelopeSent(peerClass, count, bytes);
    open = null;
    items = 0;
    bytes = 0;
    size = 0;
    inTransit++;
    io.transmit(to, envelope).onComplete(taken -> taken(taken, count));
  }

  private void taken(AsyncResult<Void> taken, int count) {
    if (io.onLane()) {
      took(taken.succeeded(), count);
    } else {
      boolean succeeded = taken.succeeded();
      io.later(() -> took(succeeded, count));
    }
  }

  private void took(boolean succeeded, int count) {
    inTransit--;
    if (!succeeded) {
      observer.envelopeLost(count);
    }
  }
}
