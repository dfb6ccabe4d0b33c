package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Subscriber;
import io.busbar.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * Joins the parts of long messages for a subscriber that wants whole ones. A message whose first
 * parts are not there, since the subscriber began or went on in the midst of it, is left out.
 */
final class JoinedParts implements Subscriber {
  private final Subscriber subscriber;
  private ByteString joined = ByteString.EMPTY;
  private long expected;

  JoinedParts(Subscriber subscriber) {
    this.subscriber = subscriber;
  }

  /** Joins what is complete in a list of frames. */
  static List<ChannelFrame> join(List<ChannelFrame> frames) {
    return new JoinedParts(null).whole(frames);
  }

  @Override
  public void frames(List<ChannelFrame> frames) {
    List<ChannelFrame> whole = whole(frames);
    if (!whole.isEmpty()) {
      subscriber.frames(whole);
    }
  }

  private List<ChannelFrame> whole(List<ChannelFrame> frames) {
    if (frames.stream().noneMatch(ChannelFrame::isPart)) {
      return frames;
    }
    List<ChannelFrame> whole = new ArrayList<>(frames.size());
    for (ChannelFrame frame : frames) {
      if (!frame.isPart()) {
        whole.add(frame);
      } else if (add(frame)) {
        whole.add(message(frame));
      }
    }
    return whole;
  }

  /** Whether the message is complete. */
  private boolean add(ChannelFrame part) {
    if (part.part() == 0) {
      joined = ByteString.EMPTY;
    } else if (part.offset() != expected) {
      expected = 0;
      return false;
    }
    joined = joined.concat(part.record().getData());
    expected = part.offset() + 1;
    return part.part() + 1 == part.parts();
  }

  private ChannelFrame message(ChannelFrame last) {
    FrameRecord record =
        last.record().toBuilder().setData(joined).clearPart().clearParts().clearNote().build();
    joined = ByteString.EMPTY;
    expected = 0;
    return new ChannelFrame(last.epoch(), record);
  }

  @Override
  public void reset(Reason reason, long epoch, long next) {
    subscriber.reset(reason, epoch, next);
  }

  @Override
  public void snapshot(Snapshot snapshot) {
    subscriber.snapshot(snapshot);
  }

  @Override
  public void gap(long from, long to) {
    subscriber.gap(from, to);
  }

  @Override
  public void live(long epoch, long next) {
    subscriber.live(epoch, next);
  }

  @Override
  public void ended(Failure reason) {
    subscriber.ended(reason);
  }
}
