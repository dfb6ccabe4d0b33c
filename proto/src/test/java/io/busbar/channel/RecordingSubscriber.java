package io.busbar.channel;

import io.busbar.failure.Failure;
import java.util.ArrayList;
import java.util.List;

/** Writes down what it is told, and checks that each frame is the next one. Any thread reads. */
public class RecordingSubscriber implements Subscriber {
  private final List<String> log = new ArrayList<>();
  private final List<ChannelFrame> frames = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private long epoch;
  private long next;
  private boolean live;
  private boolean closed;
  private Failure ended;

  public RecordingSubscriber() {}

  /** Takes nothing any more, as a client whose connection broke. */
  public synchronized void close() {
    closed = true;
  }

  /** One that goes on where another stopped. */
  public RecordingSubscriber(long epoch, long next) {
    this.epoch = epoch;
    this.next = next;
  }

  @Override
  public synchronized void frames(List<ChannelFrame> more) {
    if (closed) {
      return;
    }
    for (ChannelFrame frame : more) {
      if (next != 0 && (frame.offset() != next || frame.epoch() != epoch)) {
        wrong.add("got " + frame + ", expected " + epoch + ":" + next);
      }
      epoch = frame.epoch();
      next = frame.offset() + 1;
      frames.add(frame);
      log.add(frame.offset() + "=" + frame.data());
    }
    notifyAll();
  }

  @Override
  public synchronized void reset(Reason reason, long newEpoch, long offset) {
    epoch = newEpoch;
    next = offset;
    log.add("reset " + reason);
    notifyAll();
  }

  @Override
  public synchronized void snapshot(Snapshot snapshot) {
    epoch = snapshot.epoch();
    next = snapshot.offset() + 1;
    log.add("snapshot " + snapshot.offset() + "=" + snapshot.data());
    notifyAll();
  }

  @Override
  public synchronized void gap(long from, long to) {
    if (from != next) {
      wrong.add("gap from " + from + ", expected " + next);
    }
    next = to + 1;
    log.add("gap " + from + "-" + to);
    notifyAll();
  }

  @Override
  public synchronized void live(long liveEpoch, long offset) {
    live = true;
    epoch = liveEpoch;
    next = offset;
    notifyAll();
  }

  @Override
  public synchronized void ended(Failure reason) {
    ended = reason;
    notifyAll();
  }

  public synchronized List<String> log() {
    return List.copyOf(log);
  }

  public synchronized List<ChannelFrame> frames() {
    return List.copyOf(frames);
  }

  /** What broke the promise; empty = nothing. */
  public synchronized List<String> wrong() {
    return List.copyOf(wrong);
  }

  public synchronized long epoch() {
    return epoch;
  }

  public synchronized long next() {
    return next;
  }

  public synchronized Failure ended() {
    return ended;
  }

  /** Waits until it holds; fails after a long time. */
  public synchronized void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("waited in vain, was told " + log);
      }
      wait(left);
    }
  }

  public void awaitLive() throws InterruptedException {
    await(() -> live);
  }

  public void awaitFrames(int count) throws InterruptedException {
    await(() -> frames.size() >= count);
  }

  /** Until the frame before that offset of that epoch, or a later one, was told. */
  public void awaitOffset(long ofEpoch, long offset) throws InterruptedException {
    await(() -> epoch > ofEpoch || (epoch == ofEpoch && next > offset));
  }
}
