package io.busbar.http;

import com.google.protobuf.ByteString;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
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
  /** Epochs that may begin between two questions. */
  private static final int TRIES = 5;

  private static final long PATIENCE_SECONDS = 10;
  private static final long NO_FRAMES = Long.MAX_VALUE / 2;

  private final Channels channels;
  private final String channel;

  TrainingApi(Channels channels, String channel) {
    this.channels = channels;
    this.channel = channel;
  }

  Future<Reply> status(RoutingContext context) {
    return state(TRIES).map(data -> Reply.ok(Buffer.buffer(JuniperJson.write(document(data)))));
  }

  private Future<Map<String, Object>> state(int tries) {
    return channels
        .read(channel, NO_FRAMES, 1)
        .recover(cause -> isUnknown(cause) ? created() : Future.failedFuture(cause))
        .compose(
            now ->
                channels
                    .snapshot(channel)
                    .compose(
                        found ->
                            found.epoch() == now.epoch() || tries == 1
                                ? Future.succeededFuture(data(found, now.instance()))
                                : state(tries - 1)));
  }

  private static Map<String, Object> data(Snapshot found, String instance) {
    TrainingView view = new TrainingView();
    view.read(ByteString.copyFrom(found.data().getBytes()));
    Map<String, Object> data = view.initialStatus();
    data.put("snapshot_seq", found.offset());
    data.put("server_instance_id", instance);
    return data;
  }

  private static Map<String, Object> document(Map<String, Object> data) {
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
    public void snapshot(Snapshot snapshot) {
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
