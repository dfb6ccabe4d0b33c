package io.busbar.bus;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * Writing end of a stream. What is written is kept until the reader released it, and is sent as far
 * as the reader's limit, the peer's window and the node's memory allow; beyond that {@link
 * #writeQueueFull()} is true. Buffers are taken by reference and must not be changed after.
 */
public interface BusWriter extends WriteStream<Buffer> {
  CallId id();

  int attempt();

  /** Writes the head, before any data and at most once. */
  void head(ResponseHead head);

  /** Ends the stream with this outcome. The future completes when the reader received it. */
  Future<Void> end(Outcome outcome);

  /** Ends the stream with success. */
  @Override
  default Future<Void> end() {
    return end(Outcome.getDefaultInstance());
  }

  /**
   * Starts again from offset 0 towards another reader under a new attempt. Only while nothing was
   * released; false (and nothing changed) otherwise.
   *
   * @param peer null = nobody yet: what is written is kept until the next rewind
   */
  boolean rewind(int attempt, Endpoint peer, long limit);

  /**
   * Like {@link #rewind}, towards a reader that was only asked for: what goes there is marked as
   * ahead, until {@link #confirmed}, and a reader that is not there is no failure yet.
   */
  boolean goAhead(int attempt, Endpoint peer, long limit);

  /** The reader that {@link #goAhead} counted on is there, and grants that much. */
  void confirmed(long limit);

  /**
   * Changes how much is kept for a rewind, in bytes; for a writer that was opened without a peer,
   * before its first attempt is known. When the node's memory runs low nothing is kept.
   */
  void keepForRewind(long bytes);

  /**
   * Whether the reader released anything, or can: the call can no longer go to another worker. Also
   * true once more was written than is kept for a rewind.
   */
  boolean committed();

  /** Called once, at the first released report. */
  BusWriter commitHandler(Handler<Void> handler);

  /** Gives up: drops what is kept, tells nobody (the owner sends Cancel). Later writes fail. */
  void abandon(Failure reason);

  /** Bytes written by the owner so far. */
  long bytesWritten();

  /** Bytes held: not yet released by the reader. */
  long bytesHeld();

  /**
   * The stream broke: {@link io.busbar.failure.FailureException} with a definite failure. A writer
   * that was opened without a peer, and can still be rewound, is then without one again: it keeps
   * what it has, and what is written, until it is rewound or abandoned.
   */
  @Override
  BusWriter exceptionHandler(Handler<Throwable> handler);

  /** Has no effect: the window is the bus's. */
  @Override
  default BusWriter setWriteQueueMaxSize(int maxSize) {
    return this;
  }
}
