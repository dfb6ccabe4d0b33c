package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.Append;
import io.busbar.channel.ChannelOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;

/** What an append may be. */
final class AppendRules {
  private static final int MAX_KEY = 200;
  private static final int MAX_CONTENT_TYPE = 200;

  private AppendRules() {}

  /** Null = it is good. */
  static Failure refuses(ChannelAppend request, ChannelOptions options) {
    int frames = request.getFramesCount();
    if (frames < 1 || frames > Math.min(Append.MAX_FRAMES, options.capacity())) {
      return Failure.of(
          FailureCode.INVALID_REQUEST,
          "frames: "
              + frames
              + ", expected 1 to "
              + Math.min(Append.MAX_FRAMES, options.capacity()));
    }
    long bytes = 0;
    for (FrameRecord frame : request.getFramesList()) {
      int size = frame.getData().size();
      bytes += size;
      if (size > options.maxFrame()) {
        return Failure.of(
            FailureCode.TOO_LARGE,
            "the frame has " + size + " bytes, channels.NAME.max-frame is " + options.maxFrame());
      }
      Failure refused = tooLong("key", frame.getKey(), MAX_KEY);
      if (refused == null) {
        refused = tooLong("content type", frame.getContentType(), MAX_CONTENT_TYPE);
      }
      if (refused == null) {
        refused = tooLong("id", frame.getId(), Append.MAX_ID + 8);
      }
      if (refused != null) {
        return refused;
      }
    }
    long most = Math.max(Sequencer.APPEND_BYTES, options.maxFrame());
    return bytes <= most
        ? null
        : Failure.of(
            FailureCode.TOO_LARGE,
            "the frames have " + bytes + " bytes together, expected at most " + most);
  }

  private static Failure tooLong(String what, String value, int most) {
    return value.length() <= most
        ? null
        : Failure.of(
            FailureCode.INVALID_REQUEST,
            what
                + " '"
                + Failure.shorten(value, 40)
                + "', expected at most "
                + most
                + " characters");
  }
}
