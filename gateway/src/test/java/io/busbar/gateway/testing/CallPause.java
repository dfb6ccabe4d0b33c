package io.busbar.gateway.testing;

import io.busbar.plugin.PluginCall;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** The time that a test's worker takes for a call, which a cancel ends early. */
public final class CallPause {
  private CallPause() {}

  /** Over after so many milliseconds; fails when the call is cancelled before. */
  public static Future<Void> of(Vertx vertx, PluginCall call, long millis) {
    if (millis <= 0) {
      return Future.succeededFuture();
    }
    Promise<Void> over = Promise.promise();
    long timer = vertx.setTimer(millis, fired -> over.tryComplete());
    call.cancelHandler(
        reason -> {
          vertx.cancelTimer(timer);
          over.tryFail(reason.toException());
        });
    return over.future();
  }
}
