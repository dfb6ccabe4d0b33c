package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.channel.ring.RingChangedException;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to one ring until its holder and all copies that there should be have what was written.
 * The store's own answer does not say that: a copy may be missing, or be a new one that is behind.
 * So after each change of the copies' places they are asked what they hold; from then on the answer
 * of a write is enough, for as long as they stay where they are. What this confirmed is lost only
 * with all of its copies at once. On the channel's lane.
 */
final class SafeWrites {
  private static final Logger LOG = LoggerFactory.getLogger(SafeWrites.class);
  private static final long RETRY_MILLIS = 50;

  private final String channel;
  private final ChannelNode node;
  private final Lane lane;
  private final RingStore rings;
  private final Set<Write> running = new LinkedHashSet<>();

  /** Where the copies were when they had all that was written; negative = they are to be asked. */
  private int inStep = -1;

  private boolean stopped;

  SafeWrites(String channel, ChannelNode node, Lane lane) {
    this.channel = channel;
    this.node = node;
    this.lane = lane;
    this.rings = node.rings(lane);
  }

  /**
   * Does {@link RingStore#append}, as often as needed. Fails with {@link RingChangedException},
   * with MOVED when the ring is held elsewhere, and, only if nothing was tried yet, with
   * NO_MAJORITY.
   */
  Future<RingState> append(long tail, long epoch, List<byte[]> items, long head) {
    Write write = new Write(tail, epoch, items, head);
    running.add(write);
    write.go();
    return write.result.future().onComplete(done -> running.remove(write));
  }

  /** The copies may not have what the ring has. */
  void distrust() {
    inStep = -1;
  }

  /** What waits for the answer of a node that left is done again. */
  void peerLeft() {
    for (Write write : new ArrayList<>(running)) {
      write.turn++;
      write.go();
    }
  }

  /** What still runs fails with MOVED. */
  void stop() {
    stopped = true;
    peerLeft();
  }

  private final class Write {
    private final long tail;
    private final long epoch;
    private final List<byte[]> items;
    private final long head;
    private final Promise<RingState> result = Promise.promise();
    private int attempts;

    /** Grows when what was begun before is of no interest any more. */
    private int turn;

    Write(long tail, long epoch, List<byte[]> items, long head) {
      this.tail = tail;
      this.epoch = epoch;
      this.items = items;
      this.head = head;
    }

    void go() {
      if (stopped || !node.owns(channel)) {
        result.tryFail(
            Failure.of(FailureCode.MOVED, "channel '" + channel + "' is sequenced elsewhere")
                .toException());
        return;
      }
      Failure refused = node.refusesWrites();
      if (refused != null && attempts == 0) {
        result.tryFail(refused.toException());
        return;
      }
      int places = rings.arrangement(channel);
      if (refused != null || places < 0) {
        // What was written before may still be kept.
        again();
        return;
      }
      attempts++;
      int now = ++turn;
      rings
          .append(channel, tail, epoch, items, head)
          .onComplete(
              done -> {
                if (now == turn) {
                  written(done, places);
                }
              });
    }

    private void written(AsyncResult<RingState> done, int places) {
      if (done.cause() instanceof RingChangedException) {
        result.tryFail(done.cause());
      } else if (done.failed()) {
        LOG.debug("channel {}: an append is tried again", channel, done.cause());
        again();
      } else if (places == inStep && places == rings.arrangement(channel)) {
        result.tryComplete(done.result());
      } else {
        compare(done.result(), places);
      }
    }

    private void compare(RingState ring, int places) {
      int now = turn;
      rings
          .copies(channel)
          .onComplete(
              done -> {
                if (now != turn) {
                  return;
                }
                boolean same =
                    done.succeeded()
                        && places == rings.arrangement(channel)
                        && done.result().stream().allMatch(ring::equals);
                if (same) {
                  inStep = places;
                  result.tryComplete(ring);
                } else {
                  LOG.debug("channel {}: a copy is not in step with {}", channel, ring);
                  again();
                }
              });
    }

    private void again() {
      if (attempts > 0) {
        node.observer().appendRetried();
      }
      int now = ++turn;
      lane.timer(
          RETRY_MILLIS,
          () -> {
            if (now == turn) {
              go();
            }
          });
    }
  }
}
