package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.Addresses;
import io.busbar.bus.BusCodec;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelAppended;
import io.busbar.bus.v1.ChannelFrames;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelOptions;
import io.busbar.channel.impl.Opening.Opened;
import io.busbar.channel.ring.RingChangedException;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the frames of one channel in order, on the node that holds its ring. Each write says what
 * the ring must be, so that of two sequencers (while a ring moves) only one succeeds, and the other
 * reads the ring again. One write at a time; what comes meanwhile goes together into the next. All
 * on the channel's lane.
 */
final class Sequencer {
  static final int BATCH_FRAMES = 256;
  static final long BATCH_BYTES = 1 << 20;

  /** Most bytes of one append, unless a single frame may be larger. */
  static final long APPEND_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
  private static final long RETRY_MILLIS = 50;

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final ChannelOptions options;
  private final Runnable onEnd;
  private final AppendQueue queue;
  private final RingStore rings;
  private final SafeWrites writes;
  private final Expiry expiry;
  private long epoch;
  private ByteString instance = ByteString.EMPTY;
  private long tail;
  private History history;
  private KeptSummary summary;
  private Batch batch;
  private boolean writing;
  private Promise<Void> opening;
  private boolean open;
  private boolean ended;
  private long usedAt;

  /**
   * @param onEnd called once when this object is of no use any more
   */
  Sequencer(String channel, ChannelNode node, Lane lane, Runnable onEnd) {
    this.channel = channel;
    this.node = node;
    this.lane = lane;
    this.options = node.catalog().of(channel);
    this.onEnd = onEnd;
    this.queue = new AppendQueue(options);
    this.rings = node.rings(lane);
    this.writes = new SafeWrites(channel, node, lane);
    this.expiry = new Expiry(lane, this::expire);
    this.usedAt = lane.now();
    node.observer().sequencers(1);
  }

  // ---- opening ----

  /** Completes when the channel can be used; fails like {@link Opening#run}. */
  Future<Void> open(boolean create, long seenEpoch, long seenOffset) {
    if (create) {
      // Who only looks does not use it.
      usedAt = lane.now();
    }
    if (ended) {
      return Future.failedFuture(moved().toException());
    }
    boolean seesMore = open && seenEpoch == epoch && seenOffset > tail && batch == null;
    if (open && !seesMore && seenEpoch <= epoch) {
      return Future.succeededFuture();
    }
    if (opening == null) {
      open = false;
      opening = Promise.promise();
      reopen(create, seenEpoch, seenOffset);
    }
    return opening.future();
  }

  private void reopen(boolean create, long seenEpoch, long seenOffset) {
    Opening attempt = new Opening(channel, node, lane, options, writes, create);
    attempt.note(seenEpoch, seenOffset);
    if (history != null) {
      attempt.note(epoch, tail);
    }
    attempt
        .run()
        .onComplete(
            done -> {
              if (ended) {
                return;
              }
              if (done.succeeded()) {
                opened(done.result());
              } else if (done.cause() instanceof RingChangedException) {
                lane.timer(RETRY_MILLIS, () -> reopen(create, seenEpoch, seenOffset));
              } else {
                end(Failure.of(done.cause()));
              }
            });
  }

  private void opened(Opened state) {
    epoch = state.epoch();
    instance = state.instance();
    tail = state.tail();
    history = state.history();
    summary = state.summary();
    open = true;
    Promise<Void> waiting = opening;
    opening = null;
    waiting.complete();
    if (tail == 0) {
      // Those who wait for frames of another epoch hear that there will be none.
      publish(List.of());
    }
    expiry.arm(history);
    pump();
  }

  /** Looks whether the ring is what it should be, for somebody who did not find that. */
  Future<Void> verify() {
    if (!open || writing) {
      return Future.succeededFuture();
    }
    return rings
        .look(channel)
        .otherwise(new RingState(0, tail, epoch))
        .compose(
            ring -> {
              boolean other = ring.tail() != tail || ring.epoch() != epoch;
              return other && open && !writing ? reread(epoch, 0) : Future.succeededFuture();
            });
  }

  /**
   * What was read of the ring holds no longer: reads it again when no write is under way.
   *
   * @param of the epoch that is doubted; another that begins meanwhile is not
   * @param shown an offset of it that somebody was shown
   */
  private Future<Void> reread(long of, long shown) {
    if (ended || (opening == null && !open)) {
      return Future.failedFuture(moved().toException());
    }
    if (writing || opening != null) {
      Promise<Void> later = Promise.promise();
      lane.timer(RETRY_MILLIS, () -> reread(of, shown).onComplete(later));
      return later.future();
    }
    open = false;
    opening = Promise.promise();
    reopen(true, of, shown);
    return opening.future();
  }

  private void stale() {
    reread(epoch, 0).onFailure(cause -> LOG.warn("channel {} was given up", channel, cause));
  }

  /** A part of the cluster's memory was lost, and this channel may have been in it. */
  void suspect() {
    if (!ended) {
      stale();
    }
  }

  /** Whether a frame that another half of the cluster had is a frame of this one too. */
  boolean knows(ChannelQuery seen) {
    return seen.getSeenEpoch() < epoch
        || history.has(seen.getSeenOffset(), seen.getSeenTime(), seen.getSeenId());
  }

  /** Begins another epoch, one for all that ask for it while it begins. */
  Future<Void> anew() {
    return reread(epoch, Long.MAX_VALUE);
  }

  ChannelQuery seen() {
    ChannelQuery.Builder seen = ChannelQuery.newBuilder().setChannel(channel).setSeenEpoch(epoch);
    if (history != null) {
      history.witness(seen);
    }
    return seen.build();
  }

  /** What waits for an answer of the node that left is done again. */
  void peerLeft() {
    writes.peerLeft();
  }

  // ---- asking ----

  ChannelState state() {
    return ChannelState.newBuilder()
        .setChannel(channel)
        .setEpoch(epoch)
        .setInstance(Instances.text(instance))
        .setFirst(first())
        .setNext(tail + 1)
        .setNode(lane.node().name())
        .build();
  }

  private long first() {
    return history.first() == 0 ? tail + 1 : history.first();
  }

  Future<Void> store(ChannelSnapshot snapshot) {
    Failure refused = summary.isKept() ? SnapshotRules.own(channel) : node.refusesWrites();
    return refused != null
        ? Future.failedFuture(refused.toException())
        : SnapshotRules.store(node.snapshots(lane), snapshot, epoch, tail);
  }

  Future<ChannelSnapshot> snapshot() {
    return summary.isKept()
        ? Future.succeededFuture(summary.snapshot())
        : SnapshotRules.find(node.snapshots(lane), channel, epoch, first());
  }

  // ---- appending ----

  Future<ChannelAppended> append(ChannelAppend request) {
    usedAt = lane.now();
    Future<ChannelAppended> answer = queue.take(request, channel, node.observer());
    pump();
    return answer;
  }

  private void pump() {
    if (!open || writing || ended) {
      return;
    }
    if (batch == null) {
      Batch next = new Batch(epoch, instance, tail, System.currentTimeMillis());
      for (PendingAppend answered : next.fill(queue.waiting(), history)) {
        queue.left(answered);
        node.observer().duplicate();
      }
      if (next.isEmpty()) {
        return;
      }
      batch = next;
    }
    write();
  }

  private void write() {
    writing = true;
    long head =
        history.head(
            System.currentTimeMillis(), batch.records().size(), batch.bytes(), batch.next());
    Batch now = batch;
    summary
        .beforeDropping(head)
        .compose(v -> writes.append(now.tail(), epoch, now.items(), head))
        .onComplete(done -> written(done, head));
  }

  private void written(AsyncResult<RingState> done, long head) {
    writing = false;
    if (ended) {
      return;
    }
    if (done.succeeded()) {
      committed(head);
    } else if (done.cause() instanceof RingChangedException) {
      // What is in the ring by now is known by its ids when the rest is tried again.
      queue.putBack(batch.appends());
      batch = null;
      stale();
    } else if (Failure.of(done.cause()).code() == FailureCode.NO_MAJORITY) {
      // Nothing was tried.
      queue.refuse(batch.appends(), done.cause());
      batch = null;
      pump();
    } else {
      end(Failure.of(done.cause()));
    }
  }

  private void committed(long head) {
    Batch done = batch;
    batch = null;
    tail = done.next() - 1;
    done.records().forEach(history::add);
    done.records().forEach(summary::add);
    history.dropBelow(head);
    node.observer().appended(done.records().size(), done.bytes());
    publish(done.records());
    for (PendingAppend append : done.appends()) {
      queue.left(append);
      append.answer().tryComplete(append.appended(epoch));
    }
    expiry.arm(history);
    pump();
  }

  private void publish(List<FrameRecord> frames) {
    ChannelFrames message =
        ChannelFrames.newBuilder().setChannel(channel).setEpoch(epoch).addAllFrames(frames).build();
    node.vertx().eventBus().publish(Addresses.channel(channel), message, BusCodec.options());
  }

  // ---- age ----

  private void expire() {
    if (!open || ended) {
      return;
    }
    long head = Math.min(tail, history.head(System.currentTimeMillis(), 0, 0, tail + 1));
    if (writing || head <= history.first()) {
      expiry.arm(history);
      return;
    }
    writing = true;
    summary
        .beforeDropping(head)
        .compose(v -> rings.append(channel, tail, epoch, List.of(), head))
        .onComplete(
            done -> {
              writing = false;
              if (done.succeeded()) {
                history.dropBelow(head);
              } else if (done.cause() instanceof RingChangedException) {
                stale();
              }
              expiry.arm(history);
              pump();
            });
  }

  // ---- the end ----

  /** Milliseconds without an append and without a follower's question. */
  long idleFor() {
    return lane.now() - usedAt;
  }

  /** Forgets the channel itself. */
  Future<Void> remove() {
    if (!open || writing || batch != null || !queue.waiting().isEmpty()) {
      return Future.failedFuture(
          Failure.of(FailureCode.CONFLICT, "the channel is in use").toException());
    }
    open = false;
    return rings
        .drop(channel, new RingState(0, tail, epoch))
        .compose(v -> node.snapshots(lane).remove(channel))
        .onComplete(done -> ChannelNode.onLane(lane, () -> end(moved())));
  }

  private Failure moved() {
    return Failure.of(
        FailureCode.MOVED, "channel '" + channel + "' is not sequenced on this node any more");
  }

  /** Everybody who waits is told to ask elsewhere, or why it cannot be. */
  void end(Failure reason) {
    if (ended) {
      return;
    }
    ended = true;
    open = false;
    node.observer().sequencers(-1);
    expiry.cancel();
    writes.stop();
    onEnd.run();
    queue.end(batch == null ? List.of() : batch.appends(), reason.toException());
    if (opening != null) {
      opening.tryFail(reason.toException());
    }
  }
}
