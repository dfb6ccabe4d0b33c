package io.busbar.channel;

import java.util.Locale;

/**
 * Limits of one channel; sizes in bytes, times in milliseconds.
 *
 * @param capacity frames of history
 * @param bytes of history; the newest frame always stays
 * @param ttlMillis how long a frame is kept, 0 = until another limit pushes it out
 * @param maxFrame largest frame
 * @param slow what happens to a subscriber that cannot keep up
 * @param lag frames that a paused subscriber may be behind before that happens
 * @param queue frames of publishers that may wait for their append
 * @param queueBytes bytes of them
 * @param idleMillis a channel without appends and subscribers is removed after this time
 */
public record ChannelOptions(
    int capacity,
    long bytes,
    long ttlMillis,
    int maxFrame,
    Slow slow,
    int lag,
    int queue,
    long queueBytes,
    long idleMillis) {

  public static final ChannelOptions DEFAULTS =
      new ChannelOptions(
          1024, 64L << 20, 0, 1 << 20, Slow.DISCONNECT, 512, 1024, 64L << 20, 3_600_000);

  /** What happens to a subscriber that cannot keep up. */
  public enum Slow {
    /** It is ended with NO_PROGRESS, and may resume. */
    DISCONNECT,
    /** It gets only the newest frame of each key. */
    LATEST,
    /** It gets a marker in place of what it missed. */
    GAP;

    public static Slow of(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT));
    }
  }

  public ChannelOptions {
    require(capacity >= 1, "capacity", capacity);
    require(bytes >= 1, "bytes", bytes);
    require(ttlMillis >= 0, "ttl", ttlMillis);
    require(maxFrame >= 1, "max-frame", maxFrame);
    require(lag >= 1, "lag", lag);
    require(queue >= 1, "queue", queue);
    require(queueBytes >= maxFrame, "queue-bytes", queueBytes);
    require(idleMillis >= 1, "idle", idleMillis);
  }

  private static void require(boolean ok, String key, long value) {
    if (!ok) {
      throw new IllegalArgumentException("channels.NAME." + key + ": " + value + " is too small");
    }
  }

  public ChannelOptions withCapacity(int frames) {
    return new ChannelOptions(
        frames, bytes, ttlMillis, maxFrame, slow, lag, queue, queueBytes, idleMillis);
  }

  public ChannelOptions withBytes(long most) {
    return new ChannelOptions(
        capacity, most, ttlMillis, maxFrame, slow, lag, queue, queueBytes, idleMillis);
  }

  public ChannelOptions withTtl(long millis) {
    return new ChannelOptions(
        capacity, bytes, millis, maxFrame, slow, lag, queue, queueBytes, idleMillis);
  }

  public ChannelOptions withSlow(Slow policy, int frames) {
    return new ChannelOptions(
        capacity, bytes, ttlMillis, maxFrame, policy, frames, queue, queueBytes, idleMillis);
  }

  public ChannelOptions withQueue(int frames, long most) {
    return new ChannelOptions(
        capacity, bytes, ttlMillis, maxFrame, slow, lag, frames, most, idleMillis);
  }

  public ChannelOptions withIdle(long millis) {
    return new ChannelOptions(
        capacity, bytes, ttlMillis, maxFrame, slow, lag, queue, queueBytes, millis);
  }
}
