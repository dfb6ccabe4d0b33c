package io.busbar.channel;

import java.util.Map;

/**
 * State of a channel.
 *
 * @param instance random, new with each epoch
 * @param first oldest offset that is kept
 * @param next offset of the next frame
 * @param node name of the node that sequences it
 * @param subscribers by the name of their node; nodes without one are left out
 */
public record ChannelInfo(
    String name,
    long epoch,
    String instance,
    long first,
    long next,
    String node,
    Map<String, Long> subscribers) {
  public ChannelInfo {
    subscribers = Map.copyOf(subscribers);
  }
}
