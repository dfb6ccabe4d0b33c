package io.busbar.channel;

/** Told what happens in the channels of a node, for meters. Any lane. */
public interface ChannelObserver {
  ChannelObserver NONE = new ChannelObserver() {};

  /** Frames were appended here as their sequencer. */
  default void appended(int frames, long bytes) {}

  /** A publisher was answered with its earlier append. */
  default void duplicate() {}

  /** A publisher was refused since the channel's queue is full. */
  default void queueFull() {}

  /** A write to a ring was not answered, or found another ring; it is tried again. */
  default void appendRetried() {}

  /** A new epoch began here. */
  default void epochBegan() {}

  /** Frames that were published and did not come were read from the ring. */
  default void healed(int frames) {}

  /** Frames were given to subscribers on one lane. */
  default void delivered(long frames) {}

  /** A policy for slow subscribers was applied. */
  default void slow(ChannelOptions.Slow policy) {}

  /** Subscribers on this node came (1) or went (-1). */
  default void subscribers(int change) {}

  /** Channels sequenced here came (1) or went (-1). */
  default void sequencers(int change) {}
}
