package io.busbar.call;

import io.busbar.bus.CallId;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/** One call, seen by its caller. All on the context of the lane that opened it. */
public interface Call {
  CallId id();

  /**
   * The request body. {@code end()} marks its end; writing is allowed at once, whichever worker
   * takes the call. Bytes are taken by reference. After the call ended, writes are dropped: the
   * answer may come before the body was read.
   */
  WriteStream<Buffer> body();

  /**
   * Completes with the worker's first answer: status, headers, and the body as a paused stream.
   * Fails with the call's failure when there is none.
   */
  Future<CallResponse> response();

  /**
   * Completes when the dispatcher has taken the call: its pool exists, and it has a worker or a
   * place in the queue. Fails with the call's failure when it was refused.
   */
  default Future<Void> taken() {
    return Future.succeededFuture();
  }

  /**
   * Completes when a worker has taken the call for good: its commit point, at the latest the first
   * answer. Fails with the call's failure when it ends before.
   */
  default Future<Void> committed() {
    return response().mapEmpty();
  }

  /**
   * Milliseconds from the submit to the newest slot; while there was none until now, or until the
   * call's end. The number that the call's log line has.
   */
  default long waitedMillis() {
    return 0;
  }

  /** Completes exactly once, always with success: the value says how the call ended. */
  Future<CallEnd> end();

  /** Ends the call for the caller at once and tells the worker. Harmless after the end. */
  void cancel(Failure reason);
}
