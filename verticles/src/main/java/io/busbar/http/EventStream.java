package io.busbar.http;

import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Channels;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.failure.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** One client that follows a channel. */
final class EventStream implements Subscriber {
  private static final int QUEUE_BYTES = 256 << 10;

  private final FrontLane front;
  private final HttpServerResponse response;
  private final boolean headOnly;
  private final JoinedEvents joined;
  private final Consumer<EventStream> onEnd;
  private Subscription subscription;
  private boolean paused;
  private boolean over;

  EventStream(
      FrontLane front,
      HttpServerRequest request,
      JoinedEvents joined,
      Consumer<EventStream> onEnd) {
    this.front = front;
    this.response = request.response();
    this.headOnly = HttpMethod.HEAD.equals(request.method());
    this.joined = joined;
    this.onEnd = onEnd;
  }

  void begin(Channels channels, String channel, Start start) {
    response.putHeader(Headers.CONTENT_TYPE, "text/event-stream");
    response.putHeader("cache-control", "no-store");
    if (headOnly) {
      over = true;
      response.end();
      return;
    }
    response.setChunked(true);
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.closeHandler(v -> closed());
    response.exceptionHandler(gone -> closed());
    response.drainHandler(
        v -> {
          if (paused && !over) {
            paused = false;
            subscription.resume();
          }
        });
    subscription = channels.subscribe(channel, start, this);
    if (over) {
      subscription.close();
      return;
    }
    if (paused) {
      subscription.pause();
    }
    if (!response.headWritten()) {
      response.writeHead();
    }
  }

  private void closed() {
    if (!over) {
      over = true;
      onEnd.accept(this);
      if (subscription != null) {
        subscription.close();
      }
    }
  }

  private void write(Buffer event) {
    if (over) {
      return;
    }
    response.write(event);
    if (response.writeQueueFull() && !paused) {
      paused = true;
      if (subscription != null) {
        subscription.pause();
      }
    }
  }

  void beat(Buffer beat) {
    if (!paused) {
      write(beat);
    }
  }

  @Override
  public void frames(List<ChannelFrame> frames) {
    write(joined.of(frames));
  }

  @Override
  public void reset(Reason reason, long epoch, long next) {
    JsonObject data =
        new JsonObject()
            .put("reason", reason.name().toLowerCase(Locale.ROOT))
            .put("epoch", epoch)
            .put("next", next);
    write(EventText.event("reset", epoch, next - 1, data.encode()));
  }

  @Override
  public void snapshot(Snapshot snapshot) {
    String text = EventText.text(snapshot.data());
    write(
        EventText.event(
            text == null ? "binary-snapshot" : "snapshot",
            snapshot.epoch(),
            snapshot.offset(),
            text == null ? EventText.base64(snapshot.data()) : text));
  }

  @Override
  public void gap(long from, long to) {
    write(EventText.event("gap", 0, 0, new JsonObject().put("from", from).put("to", to).encode()));
  }

  @Override
  public void live(long epoch, long next) {
    JsonObject data = new JsonObject().put("epoch", epoch).put("next", next);
    write(EventText.event("live", epoch, next - 1, data.encode()));
  }

  @Override
  public void ended(Failure reason) {
    if (over) {
      return;
    }
    String problem = HttpProblem.of(reason).body("/v1/channels", null, front.node()).toString();
    write(EventText.event("ended", 0, 0, problem));
    over = true;
    onEnd.accept(this);
    response.end();
  }
}
