package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel on one lane that has subscribers: the frames that its relay passed on, and the
 * cursors in them. All on that lane; only {@link #onLane} may be called from another.
 */
final class LaneFeed {
  private static final Logger LOG = LoggerFactory.getLogger(LaneFeed.class);

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final SequencerLink link;
  private final RingStore rings;
  private final ChannelOptions options;
  private final FrameLog log;
  private final Set<Cursor> cursors = new LinkedHashSet<>();
  private long epoch;
  private boolean closed;

  LaneFeed(String channel, ChannelNode node, Lane lane) {
    this.rings = node.rings(lane);
    this.channel = channel;
    this.node = node;
    this.lane = lane;
    this.link = new SequencerLink(node, lane);
    this.options = node.catalog().of(channel);
    this.log = new FrameLog(options.capacity(), Math.min(options.bytes(), Relay.LOG_BYTES));
  }

  String channel() {
    return channel;
  }

  ChannelNode node() {
    return node;
  }

  Lane lane() {
    return lane;
  }

  RingStore rings() {
    return rings;
  }

  SequencerLink link() {
    return link;
  }

  ChannelOptions options() {
    return options;
  }

  FrameLog log() {
    return log;
  }

  /** 0 = not known yet. */
  long epoch() {
    return epoch;
  }

  // ---- cursors ----

  void add(Cursor cursor) {
    cursors.add(cursor);
    node.observer().subscribers(1);
    tellRelay();
    if (epoch != 0) {
      cursor.begin();
    }
  }

  void remove(Cursor cursor) {
    if (cursors.remove(cursor)) {
      node.observer().subscribers(-1);
      tellRelay();
    }
  }

  boolean isUnused() {
    return cursors.isEmpty();
  }

  void close() {
    closed = true;
  }

  List<Cursor> cursors() {
    return new ArrayList<>(cursors);
  }

  private void tellRelay() {
    int count = cursors.size();
    LaneChannels home = node.home(channel);
    if (home != null) {
      ChannelNode.onLane(
          home.lane(),
          () -> {
            if (count == 0) {
              home.unfeed(channel, this);
            } else {
              home.feed(channel, this, count);
            }
          });
    }
  }

  // ---- the relay ----

  void onLane(Runnable action) {
    ChannelNode.onLane(lane, action);
  }

  /**
   * What follows begins at an offset.
   *
   * @param first offset of the first of the frames, or of the next one
   * @param anew in another epoch than before
   */
  void began(long newEpoch, long first, List<ChannelFrame> frames, boolean anew) {
    if (closed) {
      return;
    }
    boolean begun = epoch != 0;
    epoch = newEpoch;
    log.reset(first);
    frames.forEach(log::add);
    for (Cursor cursor : cursors()) {
      tell(cursor, begun && anew ? cursor::epochBegan : cursor::begin);
    }
  }

  void frames(long ofEpoch, List<ChannelFrame> frames) {
    if (closed || ofEpoch != epoch) {
      return;
    }
    for (ChannelFrame frame : frames) {
      if (frame.offset() == log.next()) {
        log.add(frame);
      }
    }
    for (Cursor cursor : cursors()) {
      tell(cursor, cursor::more);
    }
  }

  /** A subscriber that throws is ended, and harms nobody else. */
  private static void tell(Cursor cursor, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("a subscriber threw and is ended", e);
      cursor.end(Failure.of(e));
    }
  }
}
