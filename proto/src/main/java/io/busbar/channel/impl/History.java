package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelQuery;
import io.busbar.bus.v1.FrameRecord;
import io.busbar.channel.ChannelOptions;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** What a sequencer knows of the frames that are kept: enough to drop old ones and know ids. */
final class History {
  /** Bytes that each frame costs beside its data. */
  private static final int OVERHEAD = 64;

  private final ChannelOptions options;
  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private final Map<String, Long> ids = new HashMap<>();
  private long bytes;

  private record Kept(long offset, long bytes, long time, String id) {}

  History(ChannelOptions options) {
    this.options = options;
  }

  static long cost(FrameRecord frame) {
    return (long) frame.getData().size() + OVERHEAD;
  }

  void add(FrameRecord frame) {
    long cost = cost(frame);
    kept.add(new Kept(frame.getOffset(), cost, frame.getTime(), frame.getId()));
    bytes += cost;
    if (!frame.getId().isEmpty()) {
      ids.put(frame.getId(), frame.getOffset());
    }
  }

  /** Offset of the frame with that id, 0 = none is known. */
  long offset(String id) {
    return ids.getOrDefault(id, 0L);
  }

  /**
   * The oldest offset to keep once these frames are added as well.
   *
   * @param next offset after them
   */
  long head(long now, int frames, long moreBytes, long next) {
    long count = kept.size() + (long) frames;
    long total = bytes + moreBytes;
    long head = kept.isEmpty() ? next - frames : kept.peek().offset();
    for (Kept oldest : kept) {
      boolean old = options.ttlMillis() > 0 && oldest.time() + options.ttlMillis() <= now;
      if (count <= options.capacity() && total <= options.bytes() && !old) {
        break;
      }
      count--;
      total -= oldest.bytes();
      head = oldest.offset() + 1;
    }
    return head;
  }

  void dropBelow(long head) {
    while (!kept.isEmpty() && kept.peek().offset() < head) {
      Kept gone = kept.poll();
      bytes -= gone.bytes();
      ids.remove(gone.id(), gone.offset());
    }
  }

  /** Whether the frame at that offset is kept, and is that one. */
  boolean has(long offset, long time, String id) {
    for (Kept frame : kept) {
      if (frame.offset() == offset) {
        return frame.time() == time && frame.id().equals(id);
      }
    }
    return false;
  }

  /** Says of a question that the newest frame was seen here. */
  void witness(ChannelQuery.Builder seen) {
    Kept newest = kept.peekLast();
    if (newest != null) {
      seen.setSeenOffset(newest.offset()).setSeenTime(newest.time()).setSeenId(newest.id());
    }
  }

  /** Oldest offset, 0 = nothing is kept. */
  long first() {
    return kept.isEmpty() ? 0 : kept.peek().offset();
  }

  /** When the oldest frame but the newest is due to go, -1 = not by its age. */
  long expiresAt() {
    return options.ttlMillis() == 0 || kept.size() < 2
        ? -1
        : kept.peek().time() + options.ttlMillis();
  }
}
