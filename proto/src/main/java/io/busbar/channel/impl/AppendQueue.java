package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelAppended;
import io.busbar.channel.ChannelObserver;
import io.busbar.channel.ChannelOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

  /** Lets an append wait for its turn, or refuses it; one is always taken. */
  Future<ChannelAppended> take(ChannelAppend request, String channel, ChannelObserver observer) {
    Failure refused = AppendRules.refuses(request, options);
    PendingAppend append = new PendingAppend(request);
    if (refused == null && isFullFor(append)) {
      observer.queueFull();
      refused = full(channel);
    }
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    waiting.add(append);
    frames += append.frames();
    bytes += append.bytes();
    return append.answer().future();
  }

  private boolean isFullFor(PendingAppend append) {
    return frames > 0
        && (frames + append.frames() > options.queue()
            || bytes + append.bytes() > options.queueBytes());
  }

  private Failure full(String channel) {
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

  /** These are not written. */
  void refuse(List<PendingAppend> appends, Throwable cause) {
    for (PendingAppend append : appends) {
      left(append);
      append.answer().tryFail(cause);
    }
  }

  /** Neither those that wait nor these, which are being written, are known to be written. */
  void end(List<PendingAppend> writing, Throwable reason) {
    List<PendingAppend> all = new ArrayList<>(waiting);
    all.addAll(writing);
    waiting.clear();
    all.forEach(append -> append.answer().tryFail(reason));
  }
}
