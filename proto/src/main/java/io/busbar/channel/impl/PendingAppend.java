package io.busbar.channel.impl;

import io.busbar.bus.v1.ChannelAppend;
import io.busbar.bus.v1.ChannelAppended;
import io.busbar.bus.v1.FrameRecord;
import io.vertx.core.Promise;

/** A publisher's frames that wait for their turn. */
final class PendingAppend {
  private final ChannelAppend request;
  private final Promise<ChannelAppended> answer = Promise.promise();
  private final long bytes;
  private long first;

  PendingAppend(ChannelAppend request) {
    this.request = request;
    long sum = 0;
    for (FrameRecord frame : request.getFramesList()) {
      sum += History.cost(frame);
    }
    this.bytes = sum;
  }

  ChannelAppend request() {
    return request;
  }

  Promise<ChannelAppended> answer() {
    return answer;
  }

  int frames() {
    return request.getFramesCount();
  }

  long bytes() {
    return bytes;
  }

  String id() {
    return request.getFrames(0).getId();
  }

  void place(long offset) {
    first = offset;
  }

  ChannelAppended appended(long epoch, long offset, boolean duplicate) {
    return ChannelAppended.newBuilder()
        .setEpoch(epoch)
        .setFirst(offset)
        .setLast(offset + frames() - 1)
        .setDuplicate(duplicate)
        .build();
  }

  ChannelAppended appended(long epoch) {
    return appended(epoch, first, false);
  }
}
