package io.busbar.channel.impl;

import io.busbar.bus.Lane;
import io.busbar.channel.ring.RingState;
import io.busbar.channel.ring.RingStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/** A store whose futures complete on a lane. */
final class LaneRings implements RingStore {
  private final RingStore rings;
  private final Lane lane;

  LaneRings(RingStore rings, Lane lane) {
    this.rings = rings;
    this.lane = lane;
  }

  private <T> Future<T> onLane(Future<T> future) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> ChannelNode.onLane(lane, () -> promise.handle(done)));
    return promise.future();
  }

  @Override
  public Future<RingState> look(String channel) {
    return onLane(rings.look(channel));
  }

  @Override
  public Future<List<RingState>> copies(String channel) {
    return onLane(rings.copies(channel));
  }

  @Override
  public int arrangement(String channel) {
    return rings.arrangement(channel);
  }

  @Override
  public Future<RingState> append(
      String channel, long tail, long epoch, List<byte[]> items, long head) {
    return onLane(rings.append(channel, tail, epoch, items, head));
  }

  @Override
  public Future<RingState> begin(String channel, RingState expected, byte[] item) {
    return onLane(rings.begin(channel, expected, item));
  }

  @Override
  public Future<List<byte[]>> read(String channel, long epoch, long from, int max) {
    return onLane(rings.read(channel, epoch, from, max));
  }

  @Override
  public Future<RingState> drop(String channel, RingState expected) {
    return onLane(rings.drop(channel, expected));
  }

  @Override
  public String owner(String channel) {
    return rings.owner(channel);
  }

  @Override
  public Set<String> held() {
    return rings.held();
  }

  @Override
  public void onLoss(IntConsumer listener) {
    rings.onLoss(listener);
  }

  @Override
  public void onMerge(Runnable begins, Runnable ended) {
    rings.onMerge(begins, ended);
  }

  @Override
  public int part(String channel) {
    return rings.part(channel);
  }
}
