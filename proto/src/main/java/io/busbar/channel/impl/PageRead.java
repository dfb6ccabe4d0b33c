package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelState;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Page;
import io.busbar.channel.ring.RingItem;
import io.busbar.channel.ring.RingLostException;
import io.busbar.channel.ring.RingStore;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Reads frames that a sequencer has confirmed, a few at a time. */
final class PageRead {
  /** Bytes after which a page is full. */
  private static final long PAGE_BYTES = 8 << 20;

  private final RingStore rings;
  private final ChannelState state;
  private final int limit;
  private final ReadSize readSize = new ReadSize();
  private final List<ChannelFrame> frames = new ArrayList<>();
  private long next;
  private long bytes;

  PageRead(RingStore rings, ChannelState state, long from, int limit) {
    this.rings = rings;
    this.state = state;
    this.next = from;
    this.limit = limit;
  }

  Future<Page> run() {
    int wanted = (bytes >= PAGE_BYTES ? 0 : Math.max(0, limit - frames.size()));
    long most = Math.min(Math.max(wanted, missingParts()), state.getNext() - next);
    if (most <= 0) {
      return Future.succeededFuture(
          new Page(
              state.getEpoch(),
              state.getInstance(),
              state.getFirst(),
              state.getNext(),
              JoinedParts.join(frames)));
    }
    return rings
        .read(state.getChannel(), state.getEpoch(), next, (int) Math.min(most, readSize.frames()))
        .recover(
            cause -> Future.failedFuture(cause instanceof RingLostException ? changed() : cause))
        .compose(this::got);
  }

  private Future<Page> got(List<byte[]> items) {
    readSize.got(items);
    for (byte[] item : items) {
      FrameRecord record =
          RingItem.epoch(item) == state.getEpoch()
              ? RingItem.message(item, FrameRecord.parser())
              : null;
      if (record == null) {
        return Future.failedFuture(changed());
      }
      frames.add(new ChannelFrame(state.getEpoch(), record));
      bytes += record.getData().size();
      next++;
    }
    return run();
  }

  /** A page does not end in the midst of a message. */
  private int missingParts() {
    if (frames.isEmpty() || !frames.get(frames.size() - 1).isPart()) {
      return 0;
    }
    ChannelFrame last = frames.get(frames.size() - 1);
    return last.parts() - last.part() - 1;
  }

  private static Throwable changed() {
    return Failure.of(FailureCode.UNAVAILABLE, "the channel changed while it was read")
        .toException();
  }
}
