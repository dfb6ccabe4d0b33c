package io.busbar.channel.impl;

import com.google.protobuf.ByteString;
import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ring.RingItem;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Appends that are written together. */
final class Batch {
  private final long epoch;
  private final ByteString instance;
  private final long tail;
  private final long now;
  private final List<PendingAppend> appends = new ArrayList<>();
  private final List<FrameRecord> records = new ArrayList<>();
  private final List<byte[]> items = new ArrayList<>();
  private final Map<String, Long> ids = new HashMap<>();
  private long bytes;

  Batch(long epoch, ByteString instance, long tail, long now) {
    this.epoch = epoch;
    this.instance = instance;
    this.tail = tail;
    this.now = now;
  }

  /**
   * Takes what fits from the front of the queue, and answers what needs no write.
   *
   * @return the appends that were taken out of the queue without being in the batch
   */
  List<PendingAppend> fill(ArrayDeque<PendingAppend> queue, History history) {
    List<PendingAppend> answered = new ArrayList<>();
    while (!queue.isEmpty()) {
      PendingAppend next = queue.peek();
      boolean full =
          !records.isEmpty()
              && (records.size() + next.frames() > Sequencer.BATCH_FRAMES
                  || bytes + next.bytes() > Sequencer.BATCH_BYTES);
      // Its answer must not come before that of the append it repeats.
      if (full || ids.containsKey(next.id())) {
        break;
      }
      queue.poll();
      long known = history.offset(next.id());
      Failure refused = known != 0 ? null : refuses(next.request());
      if (known != 0) {
        next.answer().tryComplete(next.appended(epoch, known, true));
        answered.add(next);
      } else if (refused != null) {
        next.answer().tryFail(refused.toException());
        answered.add(next);
      } else {
        add(next);
      }
    }
    return answered;
  }

  private void add(PendingAppend append) {
    append.place(next());
    ids.put(append.id(), next());
    for (FrameRecord frame : append.request().getFramesList()) {
      FrameRecord record =
          frame.toBuilder().setOffset(next()).setTime(now).setInstance(instance).build();
      records.add(record);
      items.add(RingItem.of(epoch, record));
    }
    bytes += append.bytes();
    appends.add(append);
  }

  private Failure refuses(ChannelAppend request) {
    if (!request.getConditional()) {
      return null;
    }
    boolean epochFits = request.getIfEpoch() == 0 || request.getIfEpoch() == epoch;
    if (epochFits && request.getIfOffset() == next() - 1) {
      return null;
    }
    return Failure.of(
        FailureCode.CONFLICT,
        "the newest frame is "
            + epoch
            + ":"
            + (next() - 1)
            + ", expected "
            + (request.getIfEpoch() == 0 ? "" : request.getIfEpoch() + ":")
            + request.getIfOffset());
  }

  long tail() {
    return tail;
  }

  /** Offset after the last frame. */
  long next() {
    return tail + 1 + records.size();
  }

  boolean isEmpty() {
    return records.isEmpty();
  }

  List<PendingAppend> appends() {
    return appends;
  }

  List<FrameRecord> records() {
    return records;
  }

  List<byte[]> items() {
    return items;
  }

  long bytes() {
    return bytes;
  }
}
