package io.busbar.bus;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;

/**
 * Reading end of a stream: head, data and outcome in order, each byte once, or a definite failure;
 * never a short body that looks whole. Starts paused: nothing is delivered before {@link #resume()}
 * or {@link #fetch(long)}; the head and the first arrival are told at once.
 */
public interface BusReader extends ReadStream<Buffer> {
  CallId id();

  int attempt();

  /** Called once with the head, before any data, also while paused. */
  BusReader headHandler(Handler<ResponseHead> handler);

  /** Called once when the first frame of this attempt arrives, also while paused. */
  BusReader arrivalHandler(Handler<Void> handler);

  /**
   * Called once, after all data was delivered, with the outcome; then the end handler if it was a
   * success.
   */
  BusReader outcomeHandler(Handler<Outcome> handler);

  /**
   * From now on reports say "released 0": the writer keeps everything and can rewind. Must be
   * called before the first frame arrives, that is in the turn of the opening.
   */
  void withhold();

  /** Ends the withholding for good: reports release what was received. The commit point. */
  void release();

  boolean withholding();

  /** Units received so far, contiguous; the head counts one. */
  long received();

  /**
   * Called whenever {@link #received()} has grown; for the settle rule of workers that withhold.
   */
  BusReader receivedHandler(Handler<Long> handler);

  /** Bytes handed to the data handler so far. */
  long bytesDelivered();

  /**
   * Asks at once whether the writer still knows this stream; if not, the reader breaks with
   * STREAM_BROKEN.
   */
  void probe();

  /** Stops for good: buffered data is dropped, further frames answered with Gone. */
  void abandon(Failure reason);

  /**
   * The stream broke: {@link io.busbar.failure.FailureException} with NODE_LOST or STREAM_BROKEN,
   * or the failure of the outcome. The end handler is not called.
   */
  @Override
  BusReader exceptionHandler(Handler<Throwable> handler);
}
