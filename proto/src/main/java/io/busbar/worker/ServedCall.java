package io.busbar.worker;

import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * One accepted attempt, seen by the worker's side. All on the lane's context. It ends exactly once:
 * by {@link #end}, or by a cancel (the caller's, the deadline's, the loss of the caller's node),
 * told to the {@link #cancelHandler}. The slot is free when it ended, unless the adapter keeps it
 * with {@link #holdSlot()}.
 */
public interface ServedCall {
  OfferedCall offer();

  /** Milliseconds until this call is ended with DEADLINE_EXCEEDED. */
  long remainingMillis();

  /** Request body, paused. */
  ReadStream<Buffer> request();

  /**
   * First answer; commits. At most once, before the first body byte; else 200 without headers is
   * sent.
   */
  void respond(ResponseHead head);

  /** Response body. Its {@code end()} is {@link #end} with success. */
  WriteStream<Buffer> response();

  /** Ends the call. Later calls are ignored. */
  void end(Outcome outcome);

  /** Ends the call with a failure. */
  void fail(Failure failure);

  /** The worker has taken the call for good: the caller may forget what it sent. */
  void commit();

  boolean committed();

  boolean ended();

  /** Told once when the call is over and the worker did not end it. */
  void cancelHandler(Handler<Failure> handler);

  /**
   * Keeps the slot taken after the end until the returned action runs: for a worker that is still
   * busy with a call it was told to give up.
   */
  Runnable holdSlot();
}
