package io.busbar.websocket.training;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Channels;
import io.busbar.edge.Headers;
import io.busbar.edge.MessageSocket;
import io.busbar.edge.Place;
import io.busbar.edge.WebSocketEndpoint;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingFrames;
import io.busbar.juniper.training.TrainingState;
import io.busbar.websocket.SessionTick;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The training endpoint on one lane: the gates, the clients connected here, and what they share:
 * one place in the channel in front of theirs, the bytes of what is ready, and one timer. On the
 * lane's context.
 */
public final class TrainingLane implements LaneMember, WebSocketEndpoint {
  public static final String PATH = "/ws/training";

  private static final long GOODBYE = 1_000;
  private static final long LINGER = 10_000;
  private static final String NOT_THERE = "WebSocket manager not available";

  private final TrainingNode node;
  private final Lane lane;
  private final Channels channels;
  private final TrainingFeed feed;
  private final JoinedFrames joined = new JoinedFrames();
  private final Set<TrainingSession> sessions = new LinkedHashSet<>();
  private final SessionTick<TrainingSession> tick;

  /** Those that do not read at present: their time is short, and the others' is not. */
  private final Set<TrainingSession> stalled = new LinkedHashSet<>();

  private final SessionTick<TrainingSession> stalledTick;
  private boolean open;
  private Promise<Void> empty = Promise.promise();
  private List<String> welcome = List.of();
  private long welcomeEpoch;
  private long welcomeNext;

  TrainingLane(TrainingNode node, Lane lane, Channels channels) {
    this.node = node;
    this.lane = lane;
    this.channels = channels;
    this.feed =
        new TrainingFeed(
            node.options().channel(), lane, channels, node.meters(), new FeedListener());
    this.tick = new SessionTick<>(lane, sessions, shortest(), TrainingSession::look);
    this.stalledTick =
        new SessionTick<>(
            lane,
            stalled,
            node.options().times().send().toMillis(),
            TrainingSession::lookWhileStalled);
  }

  private long shortest() {
    TrainingOptions.Times times = node.options().times();
    long shortest = times.resume().toMillis();
    return times.heartbeat().isZero()
        ? shortest
        : Math.min(shortest, Math.min(times.heartbeat().toMillis(), times.pong().toMillis()));
  }

  @Override
  public Future<?> start(Lane on) {
    open = true;
    return Future.succeededFuture();
  }

  /** Clients are told to come back elsewhere. */
  @Override
  public Future<?> drain() {
    return leave();
  }

  @Override
  public Future<?> stop() {
    return leave()
        .onComplete(
            done -> {
              tick.stop();
              stalledTick.stop();
              feed.close();
              joined.release();
            });
  }

  private Future<Void> leave() {
    open = false;
    all().forEach(TrainingSession::restart);
    if (sessions.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> enough = Promise.promise();
    Lane.Timer patience = lane.timer(GOODBYE, enough::tryComplete);
    return Future.any(empty.future(), enough.future())
        .onComplete(done -> patience.cancel())
        .mapEmpty();
  }

  private List<TrainingSession> all() {
    return new ArrayList<>(sessions);
  }

  // ---- the endpoint ----

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public int maxMessage() {
    return node.options().maxMessage();
  }

  /** The gates in the protocol's order; what is refused here is answered with 403. */
  @Override
  public Failure refuses(HttpServerRequest request) {
    if (node.refuses(request.headers().get(Headers.API_KEY)) != null) {
      node.meters().refused("key");
      return Failure.of(FailureCode.UNAUTHENTICATED, "Authentication required");
    }
    if (!open) {
      node.meters().refused("closed");
      return Failure.of(FailureCode.UNAVAILABLE, NOT_THERE);
    }
    return null;
  }

  @Override
  public Place enters(HttpServerRequest request) {
    return node.enter(request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress());
  }

  @Override
  public MessageSocket.Listener opened(MessageSocket socket, Place place) {
    TrainingSession session = new TrainingSession(this, socket, place);
    sessions.add(session);
    tick.arm();
    feed.open();
    if (feed.isReady()) {
      session.greet();
    }
    return session;
  }

  /** What the feed says goes to all. */
  private final class FeedListener implements TrainingFeed.Listener {
    @Override
    public void ready() {
      all().forEach(TrainingSession::greet);
    }

    @Override
    public void told(List<ChannelFrame> frames) {
      if (!sessions.isEmpty()) {
        long begun = System.nanoTime();
        lane.context().runOnContext(v -> meters().told(frames, System.nanoTime() - begun));
      }
    }

    @Override
    public void restarted() {
      all().forEach(TrainingSession::restart);
    }

    @Override
    public void lost(Failure reason) {
      if (reason.code() == FailureCode.DRAINING) {
        restarted();
      } else {
        all().forEach(session -> session.fail(NOT_THERE));
      }
    }
  }

  // ---- for its sessions ----

  Lane lane() {
    return lane;
  }

  TrainingOptions options() {
    return node.options();
  }

  TrainingMeters meters() {
    return node.meters();
  }

  Channels channels() {
    return channels;
  }

  TrainingFeed feed() {
    return feed;
  }

  JoinedFrames joined() {
    return joined;
  }

  static double unixSeconds() {
    return System.currentTimeMillis() / 1e3;
  }

  String greeting() {
    return TrainingFrames.connectionEstablished(
        unixSeconds(),
        node.connections(),
        feed.instance(),
        feed.epoch() / 1e3,
        node.options().replay());
  }

  /** What a client is told that begins now; made once for all that do before the next frame. */
  List<String> welcome() {
    if (welcomeEpoch != feed.epoch() || welcomeNext != feed.next() || welcome.isEmpty()) {
      TrainingState state = feed.view().state();
      List<String> texts = new ArrayList<>();
      add(texts, "initial_status", TrainingFrames.initialStatus(feed.view().initialStatus()));
      add(
          texts,
          TrainingState.TYPE,
          TrainingFrames.message(TrainingState.TYPE, unixSeconds(), state.data()));
      if (node.options().text().rows() > 0) {
        texts.addAll(metrics(node.options().text().rows()));
      }
      welcome = texts;
      welcomeEpoch = feed.epoch();
      welcomeNext = feed.next();
    }
    return welcome;
  }

  /**
   * @param rows at most
   */
  List<String> metrics(int rows) {
    List<String> texts = new ArrayList<>();
    String type = "initial_metrics";
    add(
        texts,
        type,
        TrainingFrames.message(
            type, unixSeconds(), feed.view().initialMetrics(rows, feed.next() - 1)));
    return texts;
  }

  private void add(List<String> texts, String type, String text) {
    TrainingOptions.Text limits = node.options().text();
    texts.addAll(TrainingFrames.personal(type, unixSeconds(), text, limits.most(), limits.chunk()));
  }

  /** It does not read. */
  void stalls(TrainingSession session) {
    stalled.add(session);
    stalledTick.arm();
  }

  void reads(TrainingSession session) {
    stalled.remove(session);
  }

  void ended(TrainingSession session) {
    sessions.remove(session);
    if (sessions.isEmpty()) {
      tick.stop();
      Promise<Void> told = empty;
      empty = Promise.promise();
      told.complete();
      // Somebody may be back in a moment, and the feed would have to read what is kept again.
      lane.timer(
          LINGER,
          () -> {
            if (sessions.isEmpty()) {
              feed.close();
              joined.release();
            }
          });
    }
  }
}
