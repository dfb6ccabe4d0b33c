package io.busbar.samples.trainer;

import io.busbar.channel.Append;
import io.busbar.channel.Appended;
import io.busbar.channel.ChannelInfo;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingMessage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A channel that keeps what is appended, and may refuse the first few times. */
final class FakeChannels implements Channels {
  private final BlockingQueue<TrainingMessage> appended = new LinkedBlockingQueue<>();
  private int refusals;

  FakeChannels refusing(int times) {
    refusals = times;
    return this;
  }

  /** Everything up to and with the first that fits. */
  List<TrainingMessage> until(Predicate<TrainingMessage> last) {
    List<TrainingMessage> all = new ArrayList<>();
    try {
      do {
        TrainingMessage next = appended.poll(60, TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError("nothing more came after " + all);
        }
        all.add(next);
      } while (!last.test(all.get(all.size() - 1)));
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public Future<Appended> append(Append append) {
    if (refusals > 0) {
      refusals--;
      return Future.failedFuture(Failure.of(FailureCode.NO_MAJORITY, "alone").toException());
    }
    for (Append.Content content : append.frames()) {
      JsonObject frame = content.data().toJsonObject();
      appended.add(
          TrainingMessage.of(frame.getString("type"), frame.getJsonObject("data").getMap()));
    }
    return Future.succeededFuture();
  }

  @Override
  public Subscription subscribe(String channel, Start start, Subscriber subscriber) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Page> read(String channel, long after, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<ChannelInfo> find(String channel) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<ChannelInfo>> list() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> store(String channel, Snapshot snapshot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Snapshot> snapshot(String channel) {
    throw new UnsupportedOperationException();
  }
}
