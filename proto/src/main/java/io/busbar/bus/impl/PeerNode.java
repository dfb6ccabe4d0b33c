package io.busbar.bus.impl;

import java.util.ArrayDeque;

/** A node that streams of this lane go to: its share of the peer window, and who waits for it. */
final class PeerNode {
  final String id;
  final boolean local;

  /** Writers with something to send that needs no window: heads and outcomes. */
  final ArrayDeque<WriterEnd> urgent = new ArrayDeque<>();

  /** Writers with data, in turn. */
  final ArrayDeque<WriterEnd> ready = new ArrayDeque<>();

  /** Units sent and not yet received. */
  long inFlight;

  /** Whether this node stands in the list of those to pump. */
  boolean dirty;

  PeerNode(String id, boolean local) {
    this.id = id;
    this.local = local;
  }
}
