package io.busbar.http;

import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.training.TrainingView;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The state of the training with the number of the last frame that it includes, so that a dashboard
 * can take it and then resume the stream from there.
 */
final class TrainingApi {
  /** So many frames are looked at for the state; trainers tell it at least as often. */
  private static final int LOOK_BACK = 300;

  private static final long PATIENCE_SECONDS = 10;
  private static final long NO_FRAMES = Long.MAX_VALUE / 2;

  private final Channels channels;
  private final String channel;

  TrainingApi(Channels channels, String channel) {
    this.channels = channels;
    this.channel = channel;
  }

  Future<Reply> status(RoutingContext context) {
    return channels
        .read(channel, NO_FRAMES, 1)
        .recover(cause -> isUnknown(cause) ? created() : Future.failedFuture(cause))
        .compose(now -> channels.read(channel, Math.max(0, now.next() - 1 - LOOK_BACK), LOOK_BACK))
        .map(page -> Reply.ok(Buffer.buffer(JuniperJson.write(document(page)))));
  }

  private static Map<String, Object> document(Page page) {
    TrainingView view = new TrainingView();
    page.frames().forEach(view::add);
    List<ChannelFrame> frames = page.frames();
    long last = frames.isEmpty() ? page.next() - 1 : frames.get(frames.size() - 1).offset();
    Map<String, Object> data = view.initialStatus();
    data.put("snapshot_seq", last);
    data.put("server_instance_id", page.instance());
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("status", "success");
    document.put("data", data);
    return document;
  }

  private static boolean isUnknown(Throwable cause) {
    return Failure.of(cause).code() == FailureCode.NOT_FOUND;
  }

  /** The channel has an instance once somebody has followed it. */
  private Future<Page> created() {
    Promise<Void> live = Promise.promise();
    Subscription subscription = channels.subscribe(channel, Start.NOW, new Creation(live));
    return live.future()
        .timeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .onComplete(done -> subscription.close())
        .compose(v -> channels.read(channel, NO_FRAMES, 1));
  }

  private record Creation(Promise<Void> live) implements Subscriber {
    @Override
    public void frames(List<ChannelFrame> frames) {
      live.tryComplete();
    }

    @Override
    public void reset(Reason reason, long epoch, long next) {
      live.tryComplete();
    }

    @Override
    public void snapshot(io.busbar.channel.Snapshot snapshot) {
      live.tryComplete();
    }

    @Override
    public void live(long epoch, long next) {
      live.tryComplete();
    }

    @Override
    public void ended(Failure reason) {
      live.tryFail(reason.toException());
    }
  }
}
