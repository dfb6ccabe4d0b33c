package io.busbar.websocket.training;

import com.google.protobuf.UnsafeByteOperations;
import io.busbar.bus.Lane;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureException;
import io.busbar.juniper.training.TrainingView;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one lane knows of the channel: its epoch, the number of the next frame, and what a new
 * client is told first. It follows the channel in front of all clients of the lane, so that at any
 * moment they have been given at most what it has seen. On the lane's context.
 */
final class TrainingFeed implements Subscriber {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingFeed.class);
  private static final long AGAIN_MILLIS = 200;

  /** After the end of any channel: no frames, only its state. */
  private static final long NO_FRAMES = Long.MAX_VALUE / 2;

  private final String channel;
  private final Lane lane;
  private final Channels channels;
  private final TrainingMeters meters;
  private final Listener listener;
  private final TrainingView view = new TrainingView();
  private Subscription subscription;
  private boolean live;
  private long epoch;
  private long next = 1;
  private String instance;

  /** Grows when what was asked for is of no interest any more. */
  private int turn;

  /** Who wants to know. */
  interface Listener {
    /** The feed can be used: {@link #isReady}. */
    void ready();

    /** These are next; all other followers of the lane get them in the same turn. */
    void told(List<ChannelFrame> frames);

    /** The epoch is over, the numbers begin anew. */
    void restarted();

    /** The channel cannot be followed any more. */
    void lost(Failure reason);
  }

  TrainingFeed(
      String channel, Lane lane, Channels channels, TrainingMeters meters, Listener listener) {
    this.channel = channel;
    this.lane = lane;
    this.channels = channels;
    this.meters = meters;
    this.listener = listener;
  }

  /** Begins to follow; harmless when it does. */
  void open() {
    if (subscription == null) {
      turn++;
      live = false;
      instance = null;
      next = 1;
      view.clear();
      try {
        subscription = channels.subscribe(channel, Start.NOW, this);
      } catch (FailureException stopping) {
        listener.lost(stopping.failure());
      }
    }
  }

  void close() {
    if (subscription != null) {
      turn++;
      subscription.close();
      subscription = null;
      live = false;
      instance = null;
      view.clear();
    }
  }

  boolean isReady() {
    return live && instance != null;
  }

  long epoch() {
    return epoch;
  }

  /** Number of the next frame. */
  long next() {
    return next;
  }

  /** Random, of the epoch; the same on every node. */
  String instance() {
    return instance;
  }

  TrainingView view() {
    return view;
  }

  /** What the channel's sequencer says of it now. */
  Future<Page> state() {
    return channels.read(channel, NO_FRAMES, 1);
  }

  private void askInstance() {
    int now = turn;
    state()
        .onComplete(
            done -> {
              if (now != turn || isReady()) {
                return;
              }
              if (done.succeeded() && done.result().epoch() == epoch) {
                instance = done.result().instance();
                listener.ready();
                return;
              }
              if (done.failed()) {
                LOG.debug("the state of channel {} is not known", channel, done.cause());
              }
              lane.timer(
                  AGAIN_MILLIS,
                  () -> {
                    if (now == turn && !isReady()) {
                      askInstance();
                    }
                  });
            });
  }

  // ---- the channel ----

  @Override
  public boolean takesParts() {
    return true;
  }

  @Override
  public void frames(List<ChannelFrame> frames) {
    frames.forEach(view::add);
    next = frames.get(frames.size() - 1).offset() + 1;
    meters.newest(next - 1);
    listener.told(frames);
  }

  @Override
  public void reset(Reason reason, long newEpoch, long from) {
    boolean restarted = epoch != 0 && epoch != newEpoch;
    turn++;
    epoch = newEpoch;
    next = from;
    instance = null;
    view.clear();
    if (restarted) {
      listener.restarted();
    }
    if (live) {
      askInstance();
    }
  }

  @Override
  public void snapshot(Snapshot snapshot) {
    view.read(UnsafeByteOperations.unsafeWrap(snapshot.data().getBytes()));
    next = snapshot.offset() + 1;
  }

  @Override
  public void gap(long from, long to) {
    next = to + 1;
  }

  @Override
  public void live(long liveEpoch, long liveNext) {
    live = true;
    epoch = liveEpoch;
    next = liveNext;
    meters.newest(next - 1);
    askInstance();
  }

  @Override
  public void ended(Failure reason) {
    turn++;
    subscription = null;
    live = false;
    listener.lost(reason);
  }
}
