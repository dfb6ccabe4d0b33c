package io.busbar.channel;

import com.google.protobuf.ByteString;

/**
 * What the frames of a channel so far add up to, for those who come when they are no longer kept.
 * The channel's sequencer keeps one, stores it before frames that it holds are dropped, and gives
 * it to new subscribers as the channel's {@link Snapshot}. For one thread.
 */
public interface ChannelSummary {
  /** Takes the next frame of the channel. Does not throw. */
  void add(ChannelFrame frame);

  /** Content type of what {@link #write} gives. */
  String contentType();

  /** What was added, well below the largest message of the bus. */
  ByteString write();

  /** Takes the place of all that was added; what cannot be read counts as empty. */
  void read(ByteString written);
}
