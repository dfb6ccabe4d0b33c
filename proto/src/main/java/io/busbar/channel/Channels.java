package io.busbar.channel;

import io.vertx.core.Future;
import java.util.List;

/**
 * Client API of the channel primitive. Use it on one context: the lane's, or the plugin instance's.
 * Every future fails with a {@link io.busbar.failure.Failure}.
 */
public interface Channels {
  /**
   * Appends frames, all or none of them, with consecutive offsets; completes when they are kept
   * safely. A channel begins with its first append or subscriber. Repeated inside until it is
   * answered, and done once: give an {@link Append#id} to repeat it from outside. Fails with
   * CONFLICT when its condition does not hold, QUEUE_FULL when the channel takes frames slower than
   * they come, TOO_LARGE, TOO_MANY_REQUESTS when there are too many channels, NO_MAJORITY or
   * UNAVAILABLE while it cannot be kept safely; after DEADLINE_EXCEEDED it may have been done.
   */
  Future<Appended> append(Append append);

  /**
   * Follows a channel.
   *
   * @param start from where
   * @param subscriber told of everything, on this context
   */
  Subscription subscribe(String channel, Start start, Subscriber subscriber);

  /**
   * Reads what is kept, without following. Fails with NOT_FOUND when there is no such channel.
   *
   * @param after frames after this offset; those that are no longer kept are left out
   * @param limit most frames
   */
  Future<Page> read(String channel, long after, int limit);

  /** State of a channel, NOT_FOUND when there is none. */
  Future<ChannelInfo> find(String channel);

  /** All channels of the cluster, by name. */
  Future<List<ChannelInfo>> list();

  /**
   * Stores the state of the channel's subject with the offset of the last frame it includes; new
   * subscribers get it before the frames after it. An older one than is stored is ignored. Fails
   * with CONFLICT when the epoch is over or there is no such frame yet, with UNPROCESSABLE on a
   * channel that makes its snapshots itself.
   */
  Future<Void> store(String channel, Snapshot snapshot);

  /**
   * The snapshot that a new subscriber would get: after it, all frames are kept. NOT_FOUND when
   * there is none.
   */
  Future<Snapshot> snapshot(String channel);
}
