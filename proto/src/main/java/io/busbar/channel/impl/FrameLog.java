package io.busbar.channel.impl;

import io.busbar.channel.ChannelFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Frames of one epoch without a hole, at most so many and so many bytes; the oldest go first. */
final class FrameLog {
  private static final int SMALLEST = 16;

  private final int most;
  private final long mostBytes;
  private ChannelFrame[] ring = new ChannelFrame[SMALLEST];
  private long first;
  private long next;
  private long bytes;

  FrameLog(int most, long mostBytes) {
    this.most = most;
    this.mostBytes = mostBytes;
  }

  /** Empty, to go on with that offset. */
  void reset(long offset) {
    ring = new ChannelFrame[SMALLEST];
    first = offset;
    next = offset;
    bytes = 0;
  }

  /** Oldest offset that is here; {@link #next} when there is none. */
  long first() {
    return first;
  }

  /** Offset after the newest. */
  long next() {
    return next;
  }

  void add(ChannelFrame frame) {
    if (frame.offset() != next) {
      throw new IllegalArgumentException("offset " + frame.offset() + ", expected " + next);
    }
    if (next - first == ring.length) {
      grow();
    }
    ring[index(next)] = frame;
    next++;
    bytes += frame.size();
    while (next - first > most || (bytes > mostBytes && next - first > 1)) {
      bytes -= ring[index(first)].size();
      ring[index(first)] = null;
      first++;
    }
  }

  private void grow() {
    ChannelFrame[] larger = new ChannelFrame[2 * ring.length];
    for (long at = first; at < next; at++) {
      larger[(int) (at & (larger.length - 1))] = ring[index(at)];
    }
    ring = larger;
  }

  private int index(long offset) {
    return (int) (offset & (ring.length - 1));
  }

  /** Frames from an offset on, which must be here; at least one. */
  List<ChannelFrame> slice(long from, int frames, long size) {
    List<ChannelFrame> slice = new ArrayList<>();
    long taken = 0;
    for (long at = from; at < next && slice.size() < frames; at++) {
      ChannelFrame frame = ring[index(at)];
      taken += frame.size();
      if (!slice.isEmpty() && taken > size) {
        break;
      }
      slice.add(frame);
    }
    return slice;
  }

  /** The newest frame of each key from an offset on, in order. */
  List<ChannelFrame> latest(long from) {
    Map<String, Long> newest = new HashMap<>();
    long start = Math.max(from, first);
    for (long at = start; at < next; at++) {
      newest.put(ring[index(at)].key(), at);
    }
    List<ChannelFrame> frames = new ArrayList<>();
    newest.values().stream().sorted().forEach(at -> frames.add(ring[index(at)]));
    return frames;
  }
}
