package io.busbar.http2;

import io.netty.handler.codec.http2.Http2Error;

/** What the peer said about itself, RFC 9113 section 6.5.2. */
final class PeerSettings {
  private long streams = Long.MAX_VALUE;
  private int window = Frames.FIRST_WINDOW;

  /** Streams it lets this side have open. */
  long streams() {
    return streams;
  }

  /** What may be sent on a new stream. */
  int window() {
    return window;
  }

  void set(int id, long value, Http2Connection connection, StreamTable open)
      throws ConnectionFault {
    switch (id) {
      case Frames.HEADER_TABLE_SIZE -> connection.sender().encoder().tableSize(value);
      case Frames.ENABLE_PUSH -> {
        if (value > 1 || (value == 1 && !connection.server)) {
          throw ConnectionFault.protocol("ENABLE_PUSH " + value);
        }
      }
      case Frames.MAX_CONCURRENT_STREAMS -> streams = value;
      case Frames.INITIAL_WINDOW_SIZE -> window(value, connection.sender(), open);
      case Frames.MAX_FRAME_SIZE -> {
        if (value < Frames.LARGEST || value > Frames.MOST_FRAME) {
          throw ConnectionFault.protocol("MAX_FRAME_SIZE " + value);
        }
      }
      default -> {
        // MAX_HEADER_LIST_SIZE is advice; others are unknown.
      }
    }
  }

  private void window(long value, Sender sender, StreamTable open) throws ConnectionFault {
    if (value > Integer.MAX_VALUE) {
      throw new ConnectionFault(
          Http2Error.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE " + value + " is over 2147483647");
    }
    long more = value - window;
    window = (int) value;
    for (Http2Stream stream : open.all()) {
      if (!sender.streamWindow(stream, more)) {
        throw new ConnectionFault(
            Http2Error.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE makes a window too large");
      }
    }
  }
}
