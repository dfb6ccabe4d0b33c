package io.busbar.websocket.relay;

import io.busbar.channel.ChannelFrame;
import java.util.List;

/**
 * A message of the trainer that was published. Its place in the trainer's stream is the id under
 * which it was appended, so that whoever takes the relay over finds in the channel itself where to
 * go on, and a message that two append is there once.
 *
 * @param instance of the trainer
 * @param seq of the message
 */
record RelayPoint(String instance, long seq) {
  /** No client of the HTTP API may begin an id so. */
  private static final String PREFIX = "~upstream:";

  String id() {
    return PREFIX + instance + ":" + seq;
  }

  /** Null = it is no such id. */
  static RelayPoint of(String id) {
    int colon = id.lastIndexOf(':');
    if (!id.startsWith(PREFIX) || colon < PREFIX.length()) {
      return null;
    }
    try {
      return new RelayPoint(
          id.substring(PREFIX.length(), colon), Long.parseLong(id.substring(colon + 1)));
    } catch (NumberFormatException e) {
      // An id that somebody else made.
      return null;
    }
  }

  /** The newest among frames, null = there is none. */
  static RelayPoint newest(List<ChannelFrame> frames) {
    RelayPoint newest = null;
    for (ChannelFrame frame : frames) {
      RelayPoint point = of(frame.record().getId());
      newest = point == null ? newest : point;
    }
    return newest;
  }
}
