package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSeen;
import io.busbar.bus.v1.EpochRecord;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.ChannelServices;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over a channel: reads what the ring holds, asks the other nodes what they have shown, and
 * goes on with the epoch only if nothing can have been lost. On the lane of the sequencer.
 */
final class Opening {
  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int READ = 64;

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final ChannelOptions options;
  private final boolean create;
  private final RingStore rings;
  private final SafeWrites writes;
  private final KeptSummary summary;
  private long seenEpoch;
  private long seenOffset;

  /**
   * What a sequencer starts with.
   *
   * @param tail offset of the newest frame
   * @param summary up to it
   */
  record Opened(long epoch, ByteString instance, long tail, History history, KeptSummary summary) {}

  Opening(
      String channel,
      ChannelNode node,
      Lane lane,
      ChannelOptions options,
      SafeWrites writes,
      boolean create) {
    this.channel = channel;
    this.node = node;
    this.lane = lane;
    this.options = options;
    this.create = create;
    this.writes = writes;
    this.rings = node.rings(lane);
    this.summary =
        new KeptSummary(
            channel, node.catalog().form(channel), options.capacity(), node.snapshots(lane));
  }

  /** Fails with NOT_FOUND, or with whatever the ring fails with. */
  Future<Opened> run() {
    writes.distrust();
    return askOthers()
        .compose(v -> summary.load())
        .onSuccess(v -> note(summary.epoch(), summary.offset()))
        .compose(v -> rings.look(channel))
        .compose(this::judge);
  }

  private Future<Void> askOthers() {
    note(node.shown(channel));
    ChannelQuery query = ChannelQuery.newBuilder().setChannel(channel).build();
    List<Future<?>> answers = new ArrayList<>();
    for (NodeInfo other : node.others()) {
      answers.add(
          lane.ask(ChannelNode.home(channel, other), ChannelServices.SEEN, query, PATIENCE)
              .onSuccess(this::note)
              .otherwise(
                  cause -> {
                    // A node that is gone shows nothing any more, a silent one is about to go.
                    LOG.debug("{} does not say what it showed of {}", other.getName(), channel);
                    return null;
                  }));
    }
    return Future.join(answers).mapEmpty();
  }

  void note(ChannelSeen seen) {
    note(seen.getEpoch(), seen.getOffset());
  }

  /** Something that was shown to somebody. */
  void note(long epoch, long offset) {
    if (epoch > seenEpoch) {
      seenEpoch = epoch;
      seenOffset = offset;
    } else if (epoch == seenEpoch) {
      seenOffset = Math.max(seenOffset, offset);
    }
  }

  private Future<Opened> judge(RingState ring) {
    if (ring.isEmpty() && seenEpoch == 0 && !create) {
      return Future.failedFuture(
          Failure.of(FailureCode.NOT_FOUND, "there is no channel '" + channel + "'").toException());
    }
    Failure refused = node.refusesWrites();
    if (refused != null) {
      // What this side shows now may be undone by the other.
      return Future.failedFuture(refused.toException());
    }
    boolean lost =
        ring.isEmpty()
            || ring.epoch() == 0
            || seenEpoch > ring.epoch()
            || (seenEpoch == ring.epoch() && seenOffset > ring.tail())
            || node.isSuspect(channel, ring.epoch());
    if (ring.isEmpty() && seenEpoch == 0) {
      return new Census(node, lane).admits(channel).compose(v -> begin(ring));
    }
    return lost ? begin(ring) : resume(ring);
  }

  // ---- a new epoch ----

  private Future<Opened> begin(RingState ring) {
    long now = System.currentTimeMillis();
    long epoch = Math.max(now, Math.max(ring.epoch(), seenEpoch) + 1);
    ByteString instance = Instances.random();
    EpochRecord record =
        EpochRecord.newBuilder()
            .setEpoch(epoch)
            .setInstance(Instances.text(instance))
            .setNode(lane.node().name())
            .setTime(now)
            .build();
    return rings
        .begin(channel, ring, RingItem.of(epoch, record))
        .map(
            begun -> {
              node.observer().epochBegan();
              if (!ring.isEmpty() || seenEpoch != 0) {
                LOG.warn(
                    "channel {}: epoch {} begins, since frames may be lost: {} is there, {}:{} was"
                        + " shown, memory {} lost",
                    channel,
                    epoch,
                    ring,
                    seenEpoch,
                    seenOffset,
                    node.isSuspect(channel, ring.epoch()) ? "was" : "was not");
              }
              return opened(epoch, instance, 0, new History(options));
            });
  }

  private Opened opened(long epoch, ByteString instance, long tail, History history) {
    summary.enter(epoch);
    return new Opened(epoch, instance, tail, history, summary);
  }

  // ---- the epoch goes on ----

  private Future<Opened> resume(RingState ring) {
    History history = new History(options);
    summary.enter(ring.epoch());
    NewestItems newest = new NewestItems(Sequencer.BATCH_FRAMES, Sequencer.APPEND_BYTES);
    return scan(ring, ring.head(), history, newest, null)
        .compose(
            instance -> {
              if (instance == null) {
                return begin(ring);
              }
              if (newest.items().isEmpty()) {
                return Future.succeededFuture(opened(ring.epoch(), instance, ring.tail(), history));
              }
              // The last append of the one before may be in this copy of the ring only.
              return writes
                  .append(
                      ring.tail() - newest.items().size(),
                      ring.epoch(),
                      newest.items(),
                      ring.head())
                  .map(safe -> opened(ring.epoch(), instance, ring.tail(), history));
            });
  }

  /** The instance, null in the future = an item is missing. */
  private Future<ByteString> scan(
      RingState ring, long from, History history, NewestItems newest, ByteString instance) {
    if (from > ring.tail()) {
      return Future.succeededFuture(instance);
    }
    int most = (int) Math.min(READ, ring.tail() - from + 1);
    return rings
        .read(channel, ring.epoch(), from, most)
        .compose(
            items -> {
              ByteString known = instance;
              long at = from;
              for (byte[] item : items) {
                if (RingItem.epoch(item) != ring.epoch()) {
                  return Future.succeededFuture(null);
                }
                if (at == 0) {
                  EpochRecord begun = RingItem.message(item, EpochRecord.parser());
                  known = begun == null ? null : Instances.bytes(begun.getInstance());
                } else {
                  FrameRecord frame = RingItem.message(item, FrameRecord.parser());
                  if (frame == null || frame.getOffset() != at) {
                    return Future.succeededFuture(null);
                  }
                  history.add(frame);
                  summary.add(frame);
                  newest.add(item);
                  known = frame.getInstance();
                }
                at++;
              }
              return scan(ring, at, history, newest, known);
            });
  }
}
