package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.ChannelQuery;
import io.busbar.channel.ChannelServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one lane had seen of channels when its half of a split cluster went over to the other one.
 * The sequencers there are told, each until it has heard it: one that does not know the frame
 * begins a new epoch, since two frames were appended under one offset. On the lane.
 */
final class MergeWitness {
  private static final Logger LOG = LoggerFactory.getLogger(MergeWitness.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long AGAIN_MILLIS = 500;

  private final Lane lane;
  private final SequencerLink link;
  private final List<ChannelQuery> seen = new ArrayList<>();

  MergeWitness(Lane lane, SequencerLink link) {
    this.lane = lane;
    this.link = link;
  }

  /**
   * @param frame as seen, with its channel; without an offset there was none
   */
  void remember(ChannelQuery frame) {
    if (frame.getSeenOffset() > 0) {
      seen.add(frame.toBuilder().setMerged(true).build());
    }
  }

  void testify() {
    List<ChannelQuery> all = List.copyOf(seen);
    seen.clear();
    all.forEach(this::tell);
  }

  private void tell(ChannelQuery frame) {
    link.ask(frame.getChannel(), ChannelServices.STATE, frame, PATIENCE)
        .onFailure(
            cause -> {
              if (Failure.of(cause).code() != FailureCode.NOT_FOUND) {
                LOG.debug("{} is told again what was seen", frame.getChannel(), cause);
                lane.timer(AGAIN_MILLIS, () -> tell(frame));
              }
            });
  }
}
