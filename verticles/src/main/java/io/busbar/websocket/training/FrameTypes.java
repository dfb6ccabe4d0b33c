package io.busbar.websocket.training;

import com.google.protobuf.ByteString;
import io.busbar.channel.ChannelFrame;
import io.busbar.juniper.training.TrainingFrames;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Types of training frames as labels of meters: a fixed set, whatever is published. */
final class FrameTypes {
  static final String OTHER = "other";
  static final Set<String> ALL =
      Set.of(
          "metrics",
          "state",
          "candidate_progress",
          "cascade_add",
          "topology",
          "event",
          TrainingFrames.CHUNKED,
          OTHER);

  /** The form puts the type first. */
  private static final int BEGIN = "{\"type\":\"".length();

  private static final int LONGEST = 24;

  private FrameTypes() {}

  static String of(ChannelFrame frame) {
    if (frame.isPart()) {
      return TrainingFrames.CHUNKED;
    }
    ByteString data = frame.record().getData();
    int most = Math.min(data.size(), BEGIN + LONGEST);
    int end = BEGIN;
    while (end < most && data.byteAt(end) != '"') {
      end++;
    }
    return end >= most ? OTHER : known(data.substring(BEGIN, end).toString(StandardCharsets.UTF_8));
  }

  static String known(String type) {
    return ALL.contains(type) ? type : OTHER;
  }
}
