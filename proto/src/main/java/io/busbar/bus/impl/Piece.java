package io.busbar.bus.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Report;
import io.busbar.bus.v1.ResponseHead;

/**
 * What one frame carries, as both ends of a stream see it. A lane has one and fills it anew for
 * each frame, so that what stays on the lane needs no message.
 */
final class Piece {
  long offset;

  /** Null = none. */
  ResponseHead head;

  ByteString data = ByteString.EMPTY;

  /** Null = the stream goes on. */
  Outcome outcome;

  /** Whether the reader should report at once. */
  boolean ask;

  /** Whether it goes ahead of the accept of its attempt. */
  boolean ahead;

  /** Keeps nothing of what it carried. */
  void clear() {
    head = null;
    data = ByteString.EMPTY;
    outcome = null;
    ask = false;
    ahead = false;
  }

  Piece of(Frame frame) {
    offset = frame.getOffset();
    head = frame.hasHead() ? frame.getHead() : null;
    data = frame.getData();
    outcome = frame.hasOutcome() ? frame.getOutcome() : null;
    ask = frame.getAsk();
    return this;
  }

  /**
   * @param report to ride along, or null
   */
  Frame frame(Id id, int attempt, Direction direction, Report report) {
    Frame.Builder built =
        Frame.newBuilder()
            .setId(id)
            .setAttempt(attempt)
            .setDirection(direction)
            .setOffset(offset)
            .setData(data);
    if (head != null) {
      built.setHead(head);
    }
    if (outcome != null) {
      built.setOutcome(outcome);
    }
    if (report != null) {
      built.setReport(report);
    }
    if (ask) {
      built.setAsk(true);
    }
    if (ahead) {
      built.setAhead(true);
    }
    return built.build();
  }
}
