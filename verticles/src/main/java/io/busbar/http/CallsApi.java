package io.busbar.http;

import io.busbar.bus.CallId;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** What became of a call, and how to end it. */
final class CallsApi {
  private final Calls calls;

  CallsApi(Calls calls) {
    this.calls = calls;
  }

  Future<Reply> state(RoutingContext context) {
    return calls.find(id(context)).map(state -> Reply.ok(Documents.call(state).toBuffer()));
  }

  Future<Reply> cancel(RoutingContext context) {
    return calls
        .cancel(id(context), Failure.of(FailureCode.CANCELLED, "cancelled over HTTP"))
        .map(state -> Reply.ok(Documents.call(state).toBuffer()));
  }

  private static CallId id(RoutingContext context) {
    try {
      return CallId.parse(context.pathParam("id"));
    } catch (IllegalArgumentException e) {
      throw Failure.of(FailureCode.INVALID_REQUEST, e.getMessage()).toException();
    }
  }
}
