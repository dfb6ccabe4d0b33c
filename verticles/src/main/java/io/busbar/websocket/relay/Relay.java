package io.busbar.websocket.relay;

import io.busbar.bus.Lane;
import io.busbar.channel.Append;
import io.busbar.channel.ChannelInfo;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.command.ReceivedCommand;
import io.busbar.command.ServeOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.client.ControlClient;
import io.busbar.juniper.client.TrainingStream;
import io.busbar.juniper.training.TrainingState;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The relay while this node holds it. Messages are appended one after the other, so that their
 * order is the trainer's; numbers and instance are those of the channel, all else is kept. On its
 * lane.
 */
final class Relay {
  private static final Logger LOG = LoggerFactory.getLogger(Relay.class);
  private static final long AGAIN_MILLIS = 200;
  private static final int COMMANDS = 64;

  /** Frames among which the newest relayed one is looked for. */
  private static final int LOOK_BACK = 500;

  /** Failures of a message that will not be appended whenever it is tried. */
  private static final Set<FailureCode> FINAL =
      Set.of(FailureCode.UNPROCESSABLE, FailureCode.TOO_LARGE, FailureCode.INVALID_REQUEST);

  private final RelayOptions options;
  private final Lane lane;
  private final Vertx vertx;
  private final Channels channels;
  private final Commands commands;
  private final RelayMeters meters;
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private RelayPoint newest;
  private TrainingStream stream;
  private Feed feed;
  private ControlClient control;
  private Future<Commands.Registration> registration;
  private boolean appending;
  private boolean stopped;

  Relay(RelayOptions options, Lane lane, Channels channels, Commands commands, RelayMeters meters) {
    this.options = options;
    this.lane = lane;
    this.vertx = lane.context().owner();
    this.channels = channels;
    this.commands = commands;
    this.meters = meters;
  }

  void start() {
    meters.leading.set(1);
    LOG.info("this node relays the trainer at {}", options.trainer().base());
    control = ControlClient.open(vertx, options.trainer());
    registration =
        commands
            .serve(options.target(), ServeOptions.concurrent(COMMANDS), this::command)
            .onFailure(cause -> LOG.error("target {} is not served", options.target(), cause));
    locate();
  }

  /** Looks where the one before stopped. */
  private void locate() {
    channels
        .find(options.channel())
        .compose(this::newest)
        .onComplete(
            found -> {
              if (stopped) {
                return;
              }
              boolean nothing =
                  found.failed() && Failure.of(found.cause()).code() == FailureCode.NOT_FOUND;
              if (found.succeeded() || nothing) {
                newest = found.result();
                open();
              } else {
                LOG.debug("the channel does not say what was relayed", found.cause());
                lane.timer(AGAIN_MILLIS, this::locate);
              }
            });
  }

  private Future<RelayPoint> newest(ChannelInfo channel) {
    long after = Math.max(0, channel.next() - 1 - LOOK_BACK);
    return channels
        .read(options.channel(), after, LOOK_BACK)
        .map(page -> RelayPoint.newest(page.frames()));
  }

  private void open() {
    feed = new Feed();
    stream =
        newest == null
            ? TrainingStream.open(vertx, options.trainer(), feed)
            : TrainingStream.resume(
                vertx, options.trainer(), newest.instance(), newest.seq(), feed);
  }

  /** What one stream tells. */
  private final class Feed implements TrainingStream.Listener {
    private String instance = newest == null ? "" : newest.instance();
    private boolean over;

    @Override
    public void connected(String serverInstanceId) {
      instance = serverInstanceId;
    }

    @Override
    public void message(String type, long seq, Map<String, Object> message) {
      if (over) {
        return;
      }
      if (seq > 0) {
        take(message, new RelayPoint(instance, seq));
      } else if (type.equals(TrainingState.TYPE)) {
        // What the trainer is at, for those who come before it tells a change.
        take(message, null);
      }
    }

    @Override
    public void restarted(String reason) {
      if (!over) {
        LOG.warn("the trainer cannot replay what was missed: {}", reason);
        meters.gaps.increment();
      }
    }

    @Override
    public void disconnected(String reason) {
      if (!over) {
        LOG.info("the trainer at {} is not there: {}", options.trainer().base(), reason);
        meters.disconnects.increment();
      }
    }
  }

  // ---- messages ----

  private record Waiting(Append append, RelayPoint point) {}

  private void take(Map<String, Object> message, RelayPoint point) {
    Append append = Append.json(options.channel(), Buffer.buffer(JuniperJson.write(message)));
    queue.add(new Waiting(point == null ? append : append.withId(point.id()), point));
    meters.waiting.set(queue.size());
    if (queue.size() > options.queue()) {
      meters.overflows.increment();
      LOG.warn("{} messages of the trainer wait, its connection is dropped", queue.size());
      leave();
      Waiting first = queue.peek();
      queue.clear();
      queue.add(first);
      lane.timer(AGAIN_MILLIS, this::reopen);
    }
    pump();
  }

  /** Goes on after what was appended, once nothing waits. */
  private void reopen() {
    if (stopped) {
      return;
    }
    if (queue.isEmpty()) {
      open();
    } else {
      lane.timer(AGAIN_MILLIS, this::reopen);
    }
  }

  private void pump() {
    if (appending || stopped || queue.isEmpty()) {
      return;
    }
    appending = true;
    Waiting first = queue.peek();
    channels
        .append(first.append())
        .onComplete(
            done -> {
              appending = false;
              if (done.succeeded()) {
                meters.messages.increment();
                gone(first);
              } else if (FINAL.contains(Failure.of(done.cause()).code())) {
                LOG.warn("a message of the trainer is refused by the channel", done.cause());
                meters.refused.increment();
                gone(first);
              } else {
                LOG.debug("a message of the trainer is appended again", done.cause());
                lane.timer(AGAIN_MILLIS, this::pump);
              }
            });
  }

  private void gone(Waiting first) {
    queue.poll();
    meters.waiting.set(queue.size());
    if (first.point() != null) {
      newest = first.point();
    }
    pump();
  }

  // ---- commands ----

  private Future<Buffer> command(ReceivedCommand command) {
    Map<String, Object> params = new LinkedHashMap<>();
    if (command.params().length() > 0) {
      Object read;
      try {
        read = JuniperJson.read(command.params().toString());
      } catch (JsonException e) {
        return refused("params are no JSON");
      }
      if (!(read instanceof Map<?, ?> map)) {
        return refused("params are no object");
      }
      map.forEach((key, value) -> params.put(String.valueOf(key), value));
    }
    return control
        .command(command.name(), params, Duration.ofMillis(command.remainingMillis()))
        .compose(
            answer ->
                answer.success()
                    ? Future.succeededFuture(Buffer.buffer(JuniperJson.write(answer.result())))
                    : refused(answer.error()));
  }

  private static Future<Buffer> refused(String detail) {
    return Future.failedFuture(Failure.of(FailureCode.REJECTED, detail).toException());
  }

  // ---- the end ----

  private void leave() {
    if (stream != null) {
      feed.over = true;
      stream.close().onFailure(cause -> LOG.debug("the stream was closed already", cause));
      stream = null;
    }
  }

  Future<?> stop() {
    if (stopped) {
      return Future.succeededFuture();
    }
    stopped = true;
    meters.leading.set(0);
    meters.waiting.set(0);
    LOG.info("this node does not relay the trainer any more");
    leave();
    Future<?> target = registration.compose(Commands.Registration::close);
    return Future.join(target, control.close()).otherwiseEmpty();
  }
}
