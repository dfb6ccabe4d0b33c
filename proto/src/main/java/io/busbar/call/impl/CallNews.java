package io.busbar.call.impl;

import io.busbar.call.CallEnd;
import io.busbar.call.CallResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/**
 * What a caller hears of its call, each at most once, the end always. Most callers ask for two of
 * the four, so a promise is made when it is asked for.
 */
final class CallNews {
  private final Promise<CallResponse> response = Promise.promise();
  private final Promise<CallEnd> end = Promise.promise();
  private Promise<Void> taken;
  private Promise<Void> committed;
  private boolean isTaken;
  private boolean isCommitted;
  private Throwable failure;

  Future<Void> taken() {
    if (taken == null) {
      taken = asOfNow(isTaken);
    }
    return taken.future();
  }

  Future<Void> committed() {
    if (committed == null) {
      committed = asOfNow(isCommitted);
    }
    return committed.future();
  }

  private Promise<Void> asOfNow(boolean happened) {
    Promise<Void> promise = Promise.promise();
    if (happened) {
      promise.complete();
    } else if (failure != null) {
      promise.fail(failure);
    }
    return promise;
  }

  Future<CallResponse> response() {
    return response.future();
  }

  Future<CallEnd> end() {
    return end.future();
  }

  void tellTaken() {
    if (!isTaken && failure == null) {
      isTaken = true;
      if (taken != null) {
        taken.complete();
      }
    }
  }

  void tellCommitted() {
    if (!isCommitted && failure == null) {
      isCommitted = true;
      if (committed != null) {
        committed.complete();
      }
    }
  }

  void tellResponse(CallResponse answer) {
    tellCommitted();
    response.tryComplete(answer);
  }

  void tellEnd(CallEnd how) {
    if (how.succeeded()) {
      tellCommitted();
    } else {
      failure = how.failure().toException();
      if (taken != null && !isTaken) {
        taken.fail(failure);
      }
      if (committed != null && !isCommitted) {
        committed.fail(failure);
      }
      response.tryFail(failure);
    }
    end.complete(how);
  }
}
