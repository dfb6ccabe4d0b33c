package io.busbar.channel;

import java.util.List;

/**
 * Frames that are kept.
 *
 * @param first oldest offset that is kept
 * @param next offset of the next frame of the channel
 * @param frames in order
 */
public record Page(long epoch, String instance, long first, long next, List<ChannelFrame> frames) {
  public Page {
    frames = List.copyOf(frames);
  }
}
