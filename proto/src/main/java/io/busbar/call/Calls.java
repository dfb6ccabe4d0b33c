package io.busbar.call;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallState;
import io.busbar.failure.Failure;
import io.vertx.core.Future;

/**
 * Client API of the call primitive: a streamed request and a streamed response between a caller and
 * one worker of a pool. Belongs to one lane; use it on that lane's context only.
 */
public interface Calls {
  /**
   * Opens a call. Returns at once; the body may be written at once. Every call ends exactly once,
   * see {@link Call#end()}.
   */
  Call open(CallRequest request);

  /**
   * The same with an id made by the caller of this method, for one that is not on the lane itself;
   * it must name this lane and be unique.
   */
  default Call open(CallId id, CallRequest request) {
    throw new UnsupportedOperationException("ids are made here");
  }

  /** State of a call that entered on any node; fails with NOT_FOUND or NODE_GONE. */
  Future<CallState> find(CallId id);

  /** Cancels a call that entered on any node; the state after it. */
  Future<CallState> cancel(CallId id, Failure reason);
}
