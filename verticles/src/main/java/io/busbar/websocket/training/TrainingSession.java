package io.busbar.websocket.training;

import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.edge.MessageSocket;
import io.busbar.edge.Place;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.juniper.training.TrainingFrames;
import io.busbar.websocket.Heartbeat;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * One client. It is greeted, says what it has or nothing, and from then on follows the channel by a
 * place of its own; there is no queue of its own, what it does not read stays in the node's
 * history. On the lane's context.
 */
final class TrainingSession implements MessageSocket.Listener, Subscriber {
  private static final String SLOW = "Broadcast send failed or timed out";
  private static final String NOT_THERE = "WebSocket manager not available";
  private static final long FEED_PATIENCE = 10_000;

  private enum State {
    /** The channel is not known yet. */
    CONNECTING,
    /** Greeted; its first frame is awaited. */
    PENDING,
    /** It is being found out whether it can go on. */
    RESUMING,
    ACTIVE,
    /** A close frame is on its way. */
    CLOSING,
    GONE
  }

  private final TrainingLane home;
  private final MessageSocket socket;
  private final Place place;
  private State state = State.CONNECTING;
  private long since;
  private String early;
  private Heartbeat heartbeat;
  private Subscription subscription;
  private boolean paused;
  private long pausedAt;

  TrainingSession(TrainingLane home, MessageSocket socket, Place place) {
    this.home = home;
    this.socket = socket;
    this.place = place;
    this.since = home.lane().now();
  }

  private void enter(State next) {
    state = next;
    since = home.lane().now();
  }

  /** The channel is known. */
  void greet() {
    if (state != State.CONNECTING) {
      return;
    }
    enter(State.PENDING);
    socket.text(home.greeting());
    if (early != null) {
      String first = early;
      early = null;
      first(first);
    }
  }

  // ---- what comes in ----

  @Override
  public void text(String message) {
    heard();
    switch (state) {
      case CONNECTING -> early = early == null ? message : early;
      case PENDING -> first(message);
      case ACTIVE -> later(message);
      case RESUMING, CLOSING, GONE -> {}
    }
  }

  /** Counts as a sign of life, and as a first frame. */
  @Override
  public void binary(Buffer message) {
    heard();
    if (state == State.PENDING) {
      begin();
    } else if (state == State.CONNECTING && early == null) {
      early = "";
    }
  }

  private void heard() {
    if (heartbeat != null) {
      heartbeat.heard(home.lane().now());
    }
  }

  private void first(String message) {
    ResumeRequest request = ResumeRequest.of(message);
    if (request == null) {
      begin();
    } else {
      resume(request);
    }
  }

  private void later(String message) {
    int rows = MetricsRequest.rows(message, home.options().text().rows());
    // Who asks without reading gets no more than fits.
    if (rows > 0 && !socket.writeQueueFull()) {
      home.metrics(rows).forEach(socket::text);
    }
  }

  // ---- from the beginning ----

  private void begin() {
    activate();
    home.welcome().forEach(socket::text);
    follow(home.feed().next() - 1);
  }

  private void activate() {
    enter(State.ACTIVE);
    heartbeat =
        new Heartbeat(
            home.options().times().heartbeat().toMillis(),
            home.options().times().pong().toMillis(),
            home.lane().now());
  }

  private void follow(long after) {
    Start start = Start.after(home.feed().epoch(), after);
    Subscription made;
    try {
      made = home.channels().subscribe(home.options().channel(), start, this);
    } catch (FailureException stopping) {
      restart();
      return;
    }
    if (state != State.ACTIVE) {
      made.close();
      return;
    }
    subscription = made;
    if (paused) {
      made.pause();
    }
  }

  // ---- going on ----

  private void resume(ResumeRequest request) {
    if (request.isMalformed()) {
      refuseResume("malformed_resume");
    } else if (!request.instance().equals(home.feed().instance())) {
      refuseResume("server_restarted");
    } else {
      enter(State.RESUMING);
      home.feed().state().onComplete(known -> resume(request, known));
    }
  }

  private void resume(ResumeRequest request, AsyncResult<Page> known) {
    if (state != State.RESUMING) {
      return;
    }
    if (known.failed()) {
      home.meters().resumed("failed");
      restart();
      return;
    }
    Page page = known.result();
    if (page.epoch() != home.feed().epoch()) {
      // The feed is about to say so, and closes.
      return;
    }
    Replay replay =
        Replay.of(request.lastSeq(), page.first(), page.next(), home.options().replay());
    if (replay.isOutOfRange()) {
      refuseResume("out_of_range");
      return;
    }
    home.meters().resumed("ok");
    home.meters().replayed(replay.count());
    activate();
    socket.text(TrainingFrames.resumeOk(TrainingLane.unixSeconds(), replay.count()));
    follow(replay.after());
  }

  private void refuseResume(String reason) {
    home.meters().resumed(reason);
    socket.text(TrainingFrames.resumeFailed(TrainingLane.unixSeconds(), reason));
    begin();
  }

  // ---- the channel ----

  @Override
  public boolean takesParts() {
    return true;
  }

  @Override
  public void frames(List<ChannelFrame> frames) {
    if (state != State.ACTIVE) {
      return;
    }
    home.meters().sent(frames.size());
    socket.encoded(home.joined().of(frames));
    if (!paused && socket.writeQueueFull()) {
      paused = true;
      pausedAt = home.lane().now();
      home.stalls(this);
      if (subscription != null) {
        subscription.pause();
      }
    }
  }

  @Override
  public void drained() {
    if (paused) {
      paused = false;
      home.reads(this);
      if (subscription != null) {
        subscription.resume();
      }
    }
  }

  /** Frames that were promised are gone, or their epoch is over. */
  @Override
  public void reset(Reason reason, long epoch, long next) {
    if (reason == Reason.EPOCH) {
      restart();
    } else {
      slow();
    }
  }

  @Override
  public void snapshot(Snapshot snapshot) {
    slow();
  }

  @Override
  public void gap(long from, long to) {
    slow();
  }

  @Override
  public void ended(Failure reason) {
    subscription = null;
    if (reason.code() == FailureCode.NO_PROGRESS) {
      slow();
    } else {
      restart();
    }
  }

  // ---- time ----

  void look(long now) {
    TrainingOptions.Times times = home.options().times();
    switch (state) {
      case CONNECTING -> {
        if (now - since >= FEED_PATIENCE) {
          fail(NOT_THERE);
        }
      }
      case PENDING -> {
        if (now - since >= times.resume().toMillis()) {
          begin();
        }
      }
      case ACTIVE -> active(now);
      case RESUMING -> {
        if (now - since >= FEED_PATIENCE) {
          restart();
        }
      }
      case CLOSING, GONE -> {}
    }
  }

  void lookWhileStalled(long now) {
    if (state == State.ACTIVE && now - pausedAt >= home.options().times().send().toMillis()) {
      slow();
    }
  }

  private void active(long now) {
    if (paused) {
      return;
    }
    switch (heartbeat.due(now)) {
      case PING -> socket.text(TrainingFrames.ping(TrainingLane.unixSeconds()));
      case DEAD -> {
        home.meters().silent();
        fail(heartbeat.reason());
      }
      case NOTHING -> {}
    }
  }

  // ---- the end ----

  private void slow() {
    if (state == State.ACTIVE) {
      home.meters().slow();
      fail(SLOW);
    }
  }

  void fail(String reason) {
    close(MessageSocket.INTERNAL_ERROR, reason);
  }

  /** The numbers begin anew, or the node stops: the client is to connect again. */
  void restart() {
    close(MessageSocket.RESTART, "");
  }

  private void close(short code, String reason) {
    if (state != State.CLOSING && state != State.GONE) {
      enter(State.CLOSING);
      home.reads(this);
      unfollow();
      place.leave();
      socket.close(code, reason);
    }
  }

  private void unfollow() {
    if (subscription != null) {
      subscription.close();
      subscription = null;
    }
  }

  @Override
  public void closed() {
    state = State.GONE;
    home.reads(this);
    unfollow();
    home.ended(this);
  }
}
