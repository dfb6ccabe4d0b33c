package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.ChannelSnapshot;
import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelOptions.Slow;
import io.busbar.channel.ChannelServices;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscriber.Reason;
import io.busbar.channel.Subscription;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingLostException;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * One subscriber's place in a channel. It has no queue: a number says what it gets next, and the
 * frames are those of the feed, or, for one that is further behind, of the ring. On the feed's
 * lane.
 */
final class Cursor implements Subscription {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long AGAIN_MILLIS = 200;

  private final LaneFeed feed;
  private final Subscriber subscriber;
  private final Start start;
  private final Consumer<Cursor> onClose;
  private final ReadSize readSize = new ReadSize();
  private long epoch;
  private long next;
  private boolean placed;
  private boolean live;
  private boolean paused;
  private boolean pumping;
  private boolean fetching;
  private boolean closed;

  /** Grows when what was asked for is of no interest any more. */
  private int turn;

  Cursor(LaneFeed feed, Start start, Subscriber subscriber, Consumer<Cursor> onClose) {
    this.feed = feed;
    this.start = start;
    this.subscriber = subscriber;
    this.onClose = onClose;
  }

  // ---- where to begin ----

  /** The feed knows its epoch, or goes on after a hole. */
  void begin() {
    if (closed) {
      return;
    }
    if (placed) {
      more();
      return;
    }
    if (epoch == feed.epoch()) {
      return;
    }
    epoch = feed.epoch();
    turn++;
    if (start instanceof Start.After after) {
      resume(after);
    } else if (start instanceof Start.Oldest) {
      state(state -> place(state.getFirst()));
    } else {
      snapshot(
          found -> {
            if (found.getPresent()) {
              give(found);
            } else {
              place(feed.log().next());
            }
          });
    }
  }

  private void resume(Start.After after) {
    if (after.epoch() != 0 && after.epoch() != epoch) {
      startOver(Reason.EPOCH);
    } else if (after.offset() < feed.log().next()) {
      place(after.offset() + 1);
    } else {
      // Another node may have shown more than has come here so far.
      state(
          state -> {
            if (after.offset() < state.getNext()) {
              place(after.offset() + 1);
            } else {
              startOver(Reason.AHEAD);
            }
          });
    }
  }

  /** Another epoch began. */
  void epochBegan() {
    if (!placed && epoch == 0) {
      begin();
      return;
    }
    epoch = feed.epoch();
    startOver(Reason.EPOCH);
  }

  private void startOver(Reason reason) {
    turn++;
    placed = false;
    fetching = false;
    snapshot(
        found -> {
          if (found.getPresent()) {
            subscriber.reset(reason, epoch, found.getOffset() + 1);
            give(found);
          } else {
            state(
                state -> {
                  subscriber.reset(reason, epoch, state.getFirst());
                  place(state.getFirst());
                });
          }
        });
  }

  private void give(ChannelSnapshot found) {
    subscriber.snapshot(SnapshotRules.given(found));
    place(found.getOffset() + 1);
  }

  private void place(long offset) {
    next = Math.max(1, offset);
    placed = true;
    more();
  }

  private ChannelQuery query() {
    return ChannelQuery.newBuilder()
        .setChannel(feed.channel())
        .setCreate(true)
        .setVerify(true)
        .build();
  }

  private void state(Consumer<ChannelState> then) {
    ask(
        () -> feed.link().ask(feed.channel(), ChannelServices.STATE, query(), PATIENCE),
        state -> {
          if (state.getEpoch() == epoch) {
            then.accept(state);
          }
          // Else the feed is about to say so.
        });
  }

  private void snapshot(Consumer<ChannelSnapshot> then) {
    ask(
        () -> feed.link().ask(feed.channel(), ChannelServices.SNAPSHOT, query(), PATIENCE),
        found -> {
          if (!found.getPresent() || found.getEpoch() == epoch) {
            then.accept(found);
          }
        });
  }

  private <T> void ask(java.util.function.Supplier<Future<T>> question, Consumer<T> then) {
    int now = turn;
    question
        .get()
        .onComplete(
            answer -> {
              if (closed || now != turn) {
                return;
              }
              if (answer.succeeded()) {
                then.accept(answer.result());
              } else {
                feed.lane()
                    .timer(
                        AGAIN_MILLIS,
                        () -> {
                          if (!closed && now == turn) {
                            ask(question, then);
                          }
                        });
              }
            });
  }

  // ---- frames ----

  /** The feed has more, or room came. */
  void more() {
    if (closed || !placed || pumping) {
      return;
    }
    if (paused) {
      if (live && behind() > feed.options().lag() && feed.options().slow() == Slow.DISCONNECT) {
        tooSlow();
      }
      return;
    }
    pumping = true;
    try {
      pump();
    } finally {
      pumping = false;
    }
  }

  private long behind() {
    return feed.log().next() - next;
  }

  private void pump() {
    skip();
    while (!paused && !closed && placed && next < feed.log().next()) {
      if (next < feed.log().first()) {
        fetch();
        return;
      }
      List<ChannelFrame> chunk = feed.slice(next);
      next += chunk.size();
      feed.delivered(chunk.size());
      subscriber.frames(chunk);
    }
    if (!live && placed && !closed && next >= feed.log().next()) {
      live = true;
      subscriber.live(epoch, next);
    }
  }

  /** What the channel's policy leaves out for a subscriber that was behind. */
  private void skip() {
    Slow policy = feed.options().slow();
    if (!live || policy == Slow.DISCONNECT || behind() <= feed.options().lag()) {
      return;
    }
    feed.node().observer().slow(policy);
    FrameLog log = feed.log();
    if (policy == Slow.GAP) {
      long from = next;
      next = Math.max(log.next() - feed.options().lag(), log.first());
      subscriber.gap(from, next - 1);
    } else {
      List<ChannelFrame> newest = log.latest(next);
      next = log.next();
      feed.delivered(newest.size());
      subscriber.frames(newest);
    }
  }

  private void tooSlow() {
    feed.node().observer().slow(Slow.DISCONNECT);
    end(
        Failure.of(
                FailureCode.NO_PROGRESS,
                "the subscriber is "
                    + behind()
                    + " frames behind, channels.NAME.lag is "
                    + feed.options().lag())
            .withRetrySafe(true));
  }

  /** Reads from the ring what the feed has no more. */
  private void fetch() {
    if (fetching) {
      return;
    }
    fetching = true;
    int now = turn;
    long from = next;
    int most = (int) Math.min(readSize.frames(), feed.log().first() - from);
    feed.rings()
        .read(feed.channel(), epoch, from, most)
        .onComplete(
            done -> {
              if (closed || now != turn) {
                return;
              }
              fetching = false;
              if (done.succeeded()) {
                fetched(from, done.result());
              } else if (done.cause() instanceof RingLostException) {
                expired();
              } else {
                feed.lane().timer(AGAIN_MILLIS, this::more);
              }
            });
  }

  private void fetched(long from, List<byte[]> items) {
    List<ChannelFrame> frames = new ArrayList<>(items.size());
    for (byte[] item : items) {
      FrameRecord record =
          RingItem.epoch(item) == epoch ? RingItem.message(item, FrameRecord.parser()) : null;
      if (record == null || record.getOffset() != from + frames.size()) {
        expired();
        return;
      }
      frames.add(new ChannelFrame(epoch, record));
    }
    readSize.got(items);
    next = from + frames.size();
    feed.delivered(frames.size());
    subscriber.frames(frames);
    more();
  }

  /** The ring has no more what comes next either. */
  private void expired() {
    if (!live) {
      startOver(Reason.EXPIRED);
    } else if (feed.options().slow() == Slow.DISCONNECT) {
      tooSlow();
    } else {
      long from = next;
      next = feed.log().first();
      feed.node().observer().slow(feed.options().slow());
      subscriber.gap(from, next - 1);
      more();
    }
  }

  // ---- the subscriber ----

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
    more();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClose.accept(this);
    }
  }

  /** Ends it from this side. */
  void end(Failure reason) {
    if (!closed) {
      close();
      subscriber.ended(reason);
    }
  }
}
