package io.busbar.channel;

import io.busbar.failure.Failure;
import java.util.List;

/**
 * What a subscriber is told, in order, on its context. The frames between two other messages have
 * consecutive offsets. Must not throw.
 */
public interface Subscriber {
  /**
   * Frames, in order, directly after the last one told, or after {@link #snapshot}, {@link #reset}
   * or {@link #gap}. Call {@link Subscription#pause} when enough is buffered.
   */
  void frames(List<ChannelFrame> frames);

  /**
   * What follows stands in no relation to what was told before: a snapshot if there is one, then
   * the frames from {@code next} on.
   *
   * @param next offset of the next frame, unless a snapshot follows
   */
  void reset(Reason reason, long epoch, long next);

  /** State after a frame; the frames after it follow. */
  void snapshot(Snapshot snapshot);

  /** Frames that are left out since the subscriber is slow; only on channels with that policy. */
  default void gap(long from, long to) {}

  /** The subscription is live: it has been given everything that there was. Told once. */
  default void live(long epoch, long next) {}

  /**
   * Whether long messages, which a channel's form cut, are told part by part. Else they are joined:
   * a message has the offset of its last part, and the offsets before it are left out.
   */
  default boolean takesParts() {
    return false;
  }

  /** Over, and not by {@link Subscription#close}: NO_PROGRESS for one that is slow. */
  void ended(Failure reason);

  /** Why a subscriber has to start anew. */
  enum Reason {
    /** The epoch it knew is over: frames of it may have been lost. */
    EPOCH,
    /** The frames it asked for are no longer kept. */
    EXPIRED,
    /** It asked for frames after one that this epoch never had. */
    AHEAD
  }
}
