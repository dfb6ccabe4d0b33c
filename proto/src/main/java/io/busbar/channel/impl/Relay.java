package io.busbar.channel.impl;

import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelFrames;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.ChannelServices;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingLostException;
import io.busbar.channel.ring.RingStore;
import io.vertx.core.Future;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel on one node that has subscribers: takes the published frames in order, and reads from
 * the ring what does not come. A frame that the ring shows is passed on only once its sequencer
 * says that the backups have it too. All on the channel's lane of this node.
 */
final class Relay {
  /** Bytes of history kept here for subscribers that come or lag. */
  static final long LOG_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long PAUSE_MILLIS = 100;
  private static final long AGAIN_MILLIS = 200;

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final SequencerLink link;
  private final RingStore rings;
  private final FrameLog log;
  private final Map<LaneFeed, Integer> feeds = new LinkedHashMap<>();
  private final ReadSize readSize = new ReadSize();
  private MessageConsumer<Object> consumer;
  private long epoch;
  private long committed;
  private long unconfirmed;
  private boolean syncing;
  private boolean reading;
  private boolean lost;
  private boolean closed;
  private Lane.Timer pause;

  Relay(String channel, ChannelNode node, Lane lane) {
    this.channel = channel;
    this.node = node;
    this.lane = lane;
    this.link = new SequencerLink(node, lane);
    this.rings = node.rings(lane);
    ChannelOptions options = node.catalog().of(channel);
    this.log = new FrameLog(options.capacity(), Math.min(options.bytes(), LOG_BYTES));
    log.reset(1);
  }

  void open() {
    consumer = node.vertx().eventBus().consumer(Addresses.channel(channel));
    consumer.handler(message -> published(BusCodec.body(message, ChannelFrames.class)));
    consumer
        .completion()
        .onComplete(
            done -> {
              if (done.failed()) {
                // What is published does not come then, and is read from the ring.
                LOG.warn("channel {} is not heard on the bus", channel, done.cause());
              }
              sync();
            });
  }

  Future<Void> close() {
    closed = true;
    if (pause != null) {
      pause.cancel();
    }
    node.forget(channel);
    return consumer.unregister();
  }

  // ---- feeds ----

  /** A lane of this node has subscribers: so many. */
  void feed(LaneFeed feed, int subscribers) {
    Integer before = feeds.put(feed, subscribers);
    if (before == null && epoch != 0) {
      long first = log.first();
      List<ChannelFrame> frames =
          first == log.next() ? List.of() : log.slice(first, Integer.MAX_VALUE, Long.MAX_VALUE);
      long now = epoch;
      feed.onLane(() -> feed.began(now, first, frames, false));
    }
    show();
  }

  void drop(LaneFeed feed) {
    feeds.remove(feed);
    show();
  }

  boolean isUnused() {
    return feeds.isEmpty();
  }

  /** The newest frame that was told here. */
  ChannelQuery seen() {
    ChannelQuery.Builder seen = ChannelQuery.newBuilder().setChannel(channel).setSeenEpoch(epoch);
    long newest = log.next() - 1;
    if (newest >= log.first()) {
      FrameRecord frame = log.slice(newest, 1, Long.MAX_VALUE).get(0).record();
      seen.setSeenOffset(newest).setSeenTime(frame.getTime()).setSeenId(frame.getId());
    }
    return seen.build();
  }

  private void show() {
    long subscribers = 0;
    for (int some : feeds.values()) {
      subscribers += some;
    }
    node.shown(channel, epoch, log.next() - 1, subscribers);
  }

  // ---- what the sequencer says ----

  /** Asks the sequencer what holds; goes on for as long as somebody follows. */
  private void sync() {
    if (syncing || closed) {
      return;
    }
    syncing = true;
    // A sequencer that was one before may not know what the ring has by now: it looks when this
    // node asks for the first time, or was shown more than it has told.
    boolean verified = lost || epoch == 0 || unconfirmed >= log.next();
    ChannelQuery query =
        ChannelQuery.newBuilder()
            .setChannel(channel)
            .setCreate(true)
            .setSeenEpoch(epoch)
            .setSeenOffset(epoch == 0 ? 0 : log.next() - 1)
            .setVerify(verified)
            .build();
    link.ask(channel, ChannelServices.STATE, query, PATIENCE)
        .onComplete(
            answer -> {
              syncing = false;
              if (closed) {
                return;
              }
              if (answer.succeeded()) {
                lost &= !verified;
                apply(answer.result(), verified);
              } else {
                LOG.debug("channel {}: its sequencer does not answer", channel, answer.cause());
                lane.timer(AGAIN_MILLIS, this::sync);
              }
            });
  }

  /** A part of the cluster's memory was lost, and this channel may have been in it. */
  void suspect() {
    lost = true;
    sync();
  }

  private void apply(ChannelState state, boolean verified) {
    boolean another = state.getEpoch() != epoch;
    if (another) {
      boolean first = epoch == 0;
      epoch = state.getEpoch();
      log.reset(first ? state.getNext() : state.getFirst());
      committed = state.getNext();
      unconfirmed = 0;
      began(!first);
    } else {
      committed = Math.max(committed, state.getNext());
      if (verified && state.getFirst() > log.next()) {
        log.reset(state.getFirst());
        began(false);
      }
    }
    if (lost) {
      // It was heard of meanwhile.
      sync();
    } else {
      read();
    }
  }

  private void began(boolean anew) {
    long now = epoch;
    long first = log.first();
    show();
    for (LaneFeed feed : feeds.keySet()) {
      feed.onLane(() -> feed.began(now, first, List.of(), anew));
    }
  }

  // ---- what is published ----

  private void published(ChannelFrames message) {
    if (message == null || closed) {
      return;
    }
    if (message.getEpoch() > epoch) {
      sync();
      return;
    }
    if (message.getEpoch() < epoch || message.getFramesCount() == 0) {
      return;
    }
    long last = message.getFrames(message.getFramesCount() - 1).getOffset();
    committed = Math.max(committed, last + 1);
    if (message.getFrames(0).getOffset() > log.next()) {
      // The one before did not come.
      read();
      return;
    }
    take(message.getFramesList());
  }

  /** Takes of these what comes next. */
  private int take(List<FrameRecord> records) {
    List<ChannelFrame> fresh = new ArrayList<>(records.size());
    for (FrameRecord record : records) {
      if (record.getOffset() == log.next()) {
        ChannelFrame frame = new ChannelFrame(epoch, record);
        log.add(frame);
        fresh.add(frame);
      }
    }
    if (!fresh.isEmpty()) {
      show();
      long now = epoch;
      for (LaneFeed feed : feeds.keySet()) {
        feed.onLane(() -> feed.frames(now, fresh));
      }
    }
    return fresh.size();
  }

  // ---- what the ring has ----

  /** Has one question pending at the ring, or a pause before it. */
  private void read() {
    if (pause != null) {
      pause.cancel();
      pause = null;
    }
    if (reading || syncing || closed || epoch == 0) {
      return;
    }
    reading = true;
    long from = log.next();
    long asked = epoch;
    rings
        .read(channel, asked, from, readSize.frames())
        .onComplete(
            done -> {
              reading = false;
              if (closed) {
                return;
              }
              if (done.failed()) {
                failed(done.cause());
              } else if (asked == epoch) {
                found(from, done.result());
              } else {
                read();
              }
            });
  }

  private void failed(Throwable cause) {
    lost = cause instanceof RingLostException;
    if (lost) {
      sync();
    } else {
      LOG.debug("channel {}: its ring cannot be read", channel, cause);
      lane.timer(AGAIN_MILLIS, this::sync);
    }
  }

  private void found(long from, List<byte[]> items) {
    List<FrameRecord> safe = new ArrayList<>();
    long at = from;
    for (byte[] item : items) {
      FrameRecord record =
          RingItem.epoch(item) == epoch ? RingItem.message(item, FrameRecord.parser()) : null;
      if (record == null || record.getOffset() != at) {
        lost = true;
        sync();
        return;
      }
      if (at < committed) {
        safe.add(record);
      }
      at++;
    }
    readSize.got(items);
    int taken = take(safe);
    if (taken > 0) {
      node.observer().healed(taken);
    }
    if (log.next() < committed) {
      read();
      return;
    }
    unconfirmed = at - 1;
    pause =
        lane.timer(
            PAUSE_MILLIS,
            () -> {
              pause = null;
              if (unconfirmed >= log.next()) {
                sync();
              } else {
                read();
              }
            });
  }
}
