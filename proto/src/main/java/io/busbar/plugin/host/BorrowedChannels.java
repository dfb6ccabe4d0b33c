package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.channel.Append;
import io.busbar.channel.Appended;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelInfo;
import io.busbar.channel.Channels;
import io.busbar.channel.Page;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.channel.Subscriber;
import io.busbar.channel.Subscription;
import io.busbar.failure.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.Supplier;

/**
 * A lane's channels for use on another context. Frames are handed over one chunk at a time: the
 * next one waits in the node's history until the subscriber is done with this one.
 */
public final class BorrowedChannels implements Channels {
  private final Lane lane;
  private final Channels channels;
  private final ContextInternal user;

  public BorrowedChannels(HostLane from, Context user) {
    this.lane = from.lane();
    this.channels = from.channels();
    this.user = (ContextInternal) user;
  }

  private void onLane(Runnable action) {
    lane.context().runOnContext(v -> action.run());
  }

  private void onUser(Runnable action) {
    user.runOnContext(v -> action.run());
  }

  private <T> Future<T> ask(Supplier<Future<T>> question) {
    Promise<T> answer = user.promise();
    onLane(() -> Attempt.of(question).onComplete(answer));
    return answer.future();
  }

  @Override
  public Future<Appended> append(Append append) {
    return ask(() -> channels.append(append));
  }

  @Override
  public Future<Page> read(String channel, long after, int limit) {
    return ask(() -> channels.read(channel, after, limit));
  }

  @Override
  public Future<ChannelInfo> find(String channel) {
    return ask(() -> channels.find(channel));
  }

  @Override
  public Future<List<ChannelInfo>> list() {
    return ask(channels::list);
  }

  @Override
  public Future<Void> store(String channel, Snapshot snapshot) {
    return ask(() -> channels.store(channel, snapshot));
  }

  @Override
  public Future<Snapshot> snapshot(String channel) {
    return ask(() -> channels.snapshot(channel));
  }

  @Override
  public Subscription subscribe(String channel, Start start, Subscriber subscriber) {
    Handover handover = new Handover(subscriber);
    onLane(() -> handover.open(channel, start));
    return handover;
  }

  /** Between the lane and the subscriber's context. */
  private final class Handover implements Subscription, Subscriber {
    private final Subscriber subscriber;

    /** On the lane, as the two below. */
    private Subscription real;

    private int outstanding;
    private boolean paused;

    /** On the subscriber's context. */
    private boolean closed;

    Handover(Subscriber subscriber) {
      this.subscriber = subscriber;
    }

    void open(String channel, Start start) {
      try {
        real = channels.subscribe(channel, start, this);
        if (outstanding > 0 || paused) {
          real.pause();
        }
      } catch (RuntimeException e) {
        ended(Failure.of(e));
      }
    }

    private void tell(Runnable action) {
      onUser(
          () -> {
            if (!closed) {
              action.run();
            }
          });
    }

    @Override
    public void frames(List<ChannelFrame> frames) {
      outstanding++;
      if (real != null) {
        real.pause();
      }
      tell(
          () -> {
            try {
              subscriber.frames(frames);
            } finally {
              onLane(
                  () -> {
                    outstanding--;
                    goOn();
                  });
            }
          });
    }

    /** On the lane. */
    private void goOn() {
      if (real != null && outstanding == 0 && !paused) {
        real.resume();
      }
    }

    @Override
    public void reset(Reason reason, long epoch, long next) {
      tell(() -> subscriber.reset(reason, epoch, next));
    }

    @Override
    public void snapshot(Snapshot snapshot) {
      tell(() -> subscriber.snapshot(snapshot));
    }

    @Override
    public void gap(long from, long to) {
      tell(() -> subscriber.gap(from, to));
    }

    @Override
    public void live(long epoch, long next) {
      tell(() -> subscriber.live(epoch, next));
    }

    @Override
    public void ended(Failure reason) {
      tell(() -> subscriber.ended(reason));
    }

    @Override
    public void pause() {
      onLane(
          () -> {
            paused = true;
            if (real != null) {
              real.pause();
            }
          });
    }

    @Override
    public void resume() {
      onLane(
          () -> {
            paused = false;
            goOn();
          });
    }

    @Override
    public void close() {
      closed = true;
      onLane(
          () -> {
            if (real != null) {
              real.close();
            }
          });
    }
  }
}
