package io.busbar.call.impl;

import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** What a caller hears of its call, each at most once, the end always. */
final class CallNews {
  private final Promise<Void> taken = Promise.promise();
  private final Promise<Void> committed = Promise.promise();
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();

  Future<Void> taken() {
    return taken.future();
  }

  Future<Void> committed() {
    return committed.future();
  }

  Future<CallResponse> response() {
    return response.future();
  }

  Future<CallEnd> end() {
    return end.future();
  }

  void tellTaken() {
    taken.tryComplete();
  }

  void tellCommitted() {
    committed.tryComplete();
  }

  void tellResponse(CallResponse answer) {
    committed.tryComplete();
    response.tryComplete(answer);
  }

  void tellEnd(CallEnd how) {
    if (how.succeeded()) {
      committed.tryComplete();
    } else {
      Throwable cause = how.failure().toException();
      taken.tryFail(cause);
      committed.tryFail(cause);
      response.tryFail(cause);
    }
    end.complete(how);
  }
}
