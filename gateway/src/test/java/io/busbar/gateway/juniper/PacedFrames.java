package io.busbar.gateway.juniper;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * A source of numbered frames with a steady pace: a timer gives out one after the other, and what
 * was held up is caught up with. The first one that cannot be given out ends it.
 */
final class PacedFrames implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "paced-frames");
            thread.setDaemon(true);
            return thread;
          });
  private final int last;
  private final IntConsumer publish;
  private final long begun = System.nanoTime();
  private int done;
  private long ended;
  private Throwable failed;

  /**
   * @param last number of the last frame; the first is 1
   * @param publish returns when the frame is published
   */
  PacedFrames(int perSecond, int last, IntConsumer publish) {
    this.last = last;
    this.publish = publish;
    timer.scheduleAtFixedRate(
        this::next, 0, TimeUnit.SECONDS.toNanos(1) / perSecond, TimeUnit.NANOSECONDS);
  }

  private void next() {
    try {
      publish.accept(done + 1);
      published();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private synchronized void published() {
    done++;
    if (done == last) {
      ended = System.nanoTime();
      timer.shutdown();
    }
    notifyAll();
  }

  private synchronized void fail(Throwable cause) {
    failed = cause;
    timer.shutdown();
    notifyAll();
  }

  /** Waits until that frame is published. */
  synchronized void await(int frame) throws InterruptedException {
    while (done < frame) {
      if (failed != null) {
        throw new AssertionError("frame " + (done + 1) + " was not published", failed);
      }
      wait();
    }
  }

  /** From the first frame to the last one, which must be published. */
  synchronized Duration took() {
    return Duration.ofNanos(ended - begun);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
