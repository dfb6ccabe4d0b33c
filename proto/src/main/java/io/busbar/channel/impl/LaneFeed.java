package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import java.util.ArrayList;
import java.util.Collections;
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

  private static final int CHUNK_FRAMES = 64;
  private static final long CHUNK_BYTES = 256 << 10;

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final SequencerLink link;
  private final RingStore rings;
  private final ChannelOptions options;
  private final FrameLog log;
  private final Set<Cursor> cursors = new LinkedHashSet<>();
  private Cursor[] listed;
  private long epoch;
  private boolean closed;

  private boolean pumpDue;
  private boolean pumping;

  /** In the present round over all cursors. */
  private long delivered;

  private List<ChannelFrame> slice;
  private long sliceFrom;
  private long sliceNext;

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
    listed = null;
    node.observer().subscribers(1);
    tellRelay();
    if (epoch != 0) {
      cursor.begin();
    }
  }

  void remove(Cursor cursor) {
    if (cursors.remove(cursor)) {
      listed = null;
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
    slice = null;
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
    pumpSoon();
  }

  /** Once for all that came in this turn: what is ready together reaches a subscriber together. */
  private void pumpSoon() {
    if (!pumpDue) {
      pumpDue = true;
      onLane(this::pump);
    }
  }

  private void pump() {
    pumpDue = false;
    pumping = true;
    for (Cursor cursor : list()) {
      try {
        cursor.more();
      } catch (RuntimeException e) {
        threw(cursor, e);
      }
    }
    pumping = false;
    if (delivered > 0) {
      node.observer().delivered(delivered);
      delivered = 0;
    }
  }

  /** The list of those there are, which stays as it is. */
  private Cursor[] list() {
    if (listed == null) {
      listed = cursors.toArray(new Cursor[0]);
    }
    return listed;
  }

  /** From an offset on which is in the log, not too much; one list for all that stand there. */
  List<ChannelFrame> slice(long from) {
    if (slice == null || sliceFrom != from || sliceNext != log.next()) {
      slice = Collections.unmodifiableList(log.slice(from, CHUNK_FRAMES, CHUNK_BYTES));
      sliceFrom = from;
      sliceNext = log.next();
    }
    return slice;
  }

  /** Frames were given to a subscriber. */
  void delivered(int frames) {
    if (pumping) {
      delivered += frames;
    } else {
      node.observer().delivered(frames);
    }
  }

  private static void tell(Cursor cursor, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      threw(cursor, e);
    }
  }

  /** A subscriber that throws is ended, and harms nobody else. */
  private static void threw(Cursor cursor, RuntimeException e) {
    LOG.error("a subscriber threw and is ended", e);
    cursor.end(Failure.of(e));
  }
}
