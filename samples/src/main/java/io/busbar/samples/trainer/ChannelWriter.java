package io.busbar.samples.trainer;

import io.busbar.channel.Append;
import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.training.TrainingMessage;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts messages on the channel in the order they are given, one append at a time. A fixed number
 * may wait: who writes needs a place first. An append that fails is repeated, with the same id, as
 * often as that can help; then its messages are lost, which is logged.
 */
final class ChannelWriter {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelWriter.class);
  private static final int PLACES = 256;
  private static final int MOST_TOGETHER = 32;
  private static final int MOST_TRIES = 60;
  private static final long AGAIN_MILLIS = 500;

  private final Channels channels;
  private final Context context;
  private final String channel;
  private final Semaphore places = new Semaphore(PLACES);

  /** On the context, as the two below; at most as many as there are places. */
  private final Queue<String> waiting = new ArrayDeque<>();

  private boolean appending;
  private boolean closed;

  ChannelWriter(Channels channels, Context context, String channel) {
    this.channels = channels;
    this.context = context;
    this.channel = channel;
  }

  /** Waits for so many places. Any thread but the context's. */
  void reserve(int messages) {
    try {
      places.acquire(messages);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunStoppedException();
    }
  }

  /** Any thread, does not wait. */
  boolean tryReserve() {
    return places.tryAcquire();
  }

  /** Gives back places that were not used. */
  void release(int messages) {
    places.release(messages);
  }

  /** Writes with a reserved place. Any thread, does not wait. */
  void write(TrainingMessage message) {
    String text = message.text();
    context.runOnContext(
        v -> {
          waiting.add(text);
          next();
        });
  }

  /** What waits is dropped. On the context. */
  void close() {
    closed = true;
    places.release(waiting.size());
    waiting.clear();
  }

  private void next() {
    if (appending || waiting.isEmpty()) {
      return;
    }
    if (closed) {
      close();
      return;
    }
    List<Append.Content> contents = new ArrayList<>();
    while (contents.size() < MOST_TOGETHER && !waiting.isEmpty()) {
      contents.add(new Append.Content(Buffer.buffer(waiting.remove()), "application/json", ""));
    }
    appending = true;
    append(new Append(channel, contents, UUID.randomUUID().toString(), null), 1);
  }

  private void append(Append append, int tries) {
    channels
        .append(append)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                over(append);
              } else {
                failed(append, tries, Failure.of(done.cause()));
              }
            });
  }

  private void failed(Append append, int tries, Failure failure) {
    // The append has an id: a time-out may be asked again too.
    boolean may = failure.retrySafe() || failure.code() == FailureCode.DEADLINE_EXCEEDED;
    if (!closed && may && tries < MOST_TRIES) {
      LOG.debug("channel {} takes nothing, try {}: {}", channel, tries, failure);
      context.owner().setTimer(AGAIN_MILLIS, v -> append(append, tries + 1));
    } else {
      LOG.warn("{} messages for channel {} are lost: {}", append.frames().size(), channel, failure);
      over(append);
    }
  }

  private void over(Append append) {
    appending = false;
    places.release(append.frames().size());
    next();
  }
}
