package io.busbar.bus.impl;

import io.busbar.bus.BusObserver;
import io.busbar.bus.BusOptions;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Item;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The outboxes of one lane, and the one flush at the end of a turn. */
final class Outboxes {
  /** More lanes than any cluster has; a stranger's made-up senders must not fill the memory. */
  private static final int MAX = 65_536;

  private static final long UNHURRIED_MILLIS = 10;

  /** Frames that share a message. */
  private static final int FRAMES = 4;

  private final Endpoint self;
  private final LaneIo io;
  private final BusObserver observer;
  private final long maxBytes;
  private final Runnable flush;
  private final Map<Endpoint, Outbox> all = new HashMap<>();
  private final Map<String, PeerNode> peers = new HashMap<>();
  private final ArrayDeque<Outbox> dirty = new ArrayDeque<>();
  private final Set<Outbox> unhurried = new LinkedHashSet<>();
  private final OwnItems own = new OwnItems();
  private final Outbox ownBox;
  private Outbox recent;
  private boolean scheduled;
  private boolean flushing;
  private boolean again;
  private boolean timed;

  Outboxes(Endpoint self, BusOptions options, LaneIo io, BusObserver observer, Runnable flush) {
    this.self = self;
    this.io = io;
    this.observer = observer;
    this.maxBytes = (long) FRAMES * options.frame() + (FRAMES << 8);
    this.flush = flush;
    this.ownBox =
        new Outbox(self, self, new PeerNode(self.node(), true), own, maxBytes, io, observer);
    peers.put(self.node(), ownBox.peer);
    all.put(self, ownBox);
  }

  Outbox to(Endpoint to) {
    if (to == self || to.equals(self)) {
      return ownBox;
    }
    if (recent != null && recent.to.equals(to)) {
      return recent;
    }
    Outbox box = all.get(to);
    if (box == null) {
      if (all.size() >= MAX) {
        all.values().removeIf(one -> one != ownBox && one.idle());
      }
      boolean local = to.node().equals(self.node());
      PeerNode peer = peers.computeIfAbsent(to.node(), id -> new PeerNode(id, local));
      box = new Outbox(self, to, peer, null, maxBytes, io, observer);
      all.put(to, box);
    }
    recent = box;
    return box;
  }

  void send(Endpoint to, Item item) {
    Outbox box = to(to);
    if (box.full()) {
      box.drop();
      return;
    }
    box.add(item, item.hasFrame() ? item.getFrame().getData().size() : 0);
    touched(box);
  }

  /**
   * Sends an item with the next message to that lane, at the latest after {@value
   * #UNHURRIED_MILLIS} ms. For what nobody waits for.
   */
  void sendUnhurried(Outbox box, Item item) {
    box.addUnhurried(item);
    if (!box.dirty) {
      unhurried.add(box);
      if (!timed) {
        timed = true;
        io.timer(UNHURRIED_MILLIS, this::unhurriedDue);
      }
    }
  }

  private void unhurriedDue() {
    timed = false;
    for (Outbox box : unhurried) {
      if (box.hasUnhurried()) {
        touched(box);
      }
    }
    unhurried.clear();
  }

  /** The other end is on this lane: it gets its turn when the lane's own items have theirs. */
  void handOver(StreamEnd end) {
    own.add(end);
    schedule();
  }

  void touched(Outbox box) {
    if (!box.dirty) {
      box.dirty = true;
      dirty.add(box);
      schedule();
    }
  }

  void schedule() {
    if (flushing) {
      again = true;
    } else if (!scheduled) {
      scheduled = true;
      io.later(flush);
    }
  }

  /** What the lane has for itself, with what waited for something else to go there. */
  OwnItems own() {
    if (ownBox.dirty) {
      ownBox.takeUnhurried();
    }
    return own;
  }

  /** Sends all that is ready. */
  void flush() {
    for (Outbox box = dirty.poll(); box != null; box = dirty.poll()) {
      box.dirty = false;
      box.flushAll();
    }
  }

  /** The flush has begun. */
  void flushing() {
    scheduled = false;
    flushing = true;
  }

  /** What was ready up to here is part of this flush. */
  void gathered() {
    again = false;
  }

  /** The flush is over: what it did not take needs another one. */
  void flushed() {
    flushing = false;
    if (again || !own.isEmpty()) {
      again = false;
      schedule();
    }
  }

  void peerLeft(String node) {
    all.keySet().removeIf(to -> to.node().equals(node));
    unhurried.removeIf(box -> box.to.node().equals(node));
    peers.remove(node);
    recent = null;
  }
}
