package io.busbar.plugin.host;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallState;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;

/** A client side that knows no pool. */
final class FakeCalls implements Calls {
  @Override
  public Call open(CallRequest request) {
    throw Failure.of(FailureCode.NO_SUCH_POOL, request.pool()).toException();
  }

  @Override
  public Call open(CallId id, CallRequest request) {
    return open(request);
  }

  @Override
  public Future<CallState> find(CallId id) {
    return Future.failedFuture(Failure.of(FailureCode.NOT_FOUND, id.toString()).toException());
  }

  @Override
  public Future<CallState> cancel(CallId id, Failure reason) {
    return find(id);
  }
}
