package io.busbar.channel;

import io.busbar.bus.v1.FrameRecord;
import java.util.List;

/**
 * What the frames of a channel must be; used by its sequencer before it appends them. Thread-safe,
 * does not block.
 */
@FunctionalInterface
public interface ChannelForm {
  /**
   * The frames that are appended for one that a publisher gave: the same in the channel's form, or
   * the parts of a long one. Each part has its number, the count of parts and the form's note; the
   * data of all parts together are the data of the message. The first one keeps the given id.
   *
   * @throws io.busbar.failure.FailureException UNPROCESSABLE, naming what is wrong
   */
  List<FrameRecord> frames(FrameRecord given);

  /**
   * An empty summary, for a channel that makes its snapshots itself; publishers cannot store any
   * then. Null = it does not.
   */
  default ChannelSummary summary() {
    return null;
  }
}
