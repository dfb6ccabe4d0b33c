package io.busbar.channel.impl;

import io.busbar.channel.ChannelOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayDeque;
import java.util.List;

/** Appends that wait, with those that are being written: so many frames and bytes at most. */
final class AppendQueue {
  private final ChannelOptions options;
  private final ArrayDeque<PendingAppend> waiting = new ArrayDeque<>();
  private int frames;
  private long bytes;

  AppendQueue(ChannelOptions options) {
    this.options = options;
  }

  /** False = it is full. One append is always taken. */
  boolean offer(PendingAppend append) {
    boolean full =
        frames + append.frames() > options.queue() || bytes + append.bytes() > options.queueBytes();
    if (full && frames > 0) {
      return false;
    }
    waiting.add(append);
    frames += append.frames();
    bytes += append.bytes();
    return true;
  }

  Failure full(String channel) {
    return Failure.of(
        FailureCode.QUEUE_FULL,
        "channel '" + channel + "' has " + frames + " frames waiting to be appended");
  }

  /** In order, without those that are being written. */
  ArrayDeque<PendingAppend> waiting() {
    return waiting;
  }

  /** They are to be written again, first. */
  void putBack(List<PendingAppend> appends) {
    for (int i = appends.size() - 1; i >= 0; i--) {
      waiting.push(appends.get(i));
    }
  }

  /** One has its answer. */
  void left(PendingAppend append) {
    frames -= append.frames();
    bytes -= append.bytes();
  }
}
