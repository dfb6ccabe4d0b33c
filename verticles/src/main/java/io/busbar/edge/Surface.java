package io.busbar.edge;

import io.busbar.bus.v1.ResponseHead;
import io.busbar.call.Call;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** A front side's own words: how its answers look. Used on the lane's context; must not throw. */
public interface Surface {
  /** Template of the route, for meters; from a fixed set. */
  String route();

  /**
   * Adds what every answer of a call carries.
   *
   * @param worker "" = none so far
   * @param attempts 0 = none so far
   */
  void mark(HttpServerResponse response, Call call, String worker, int attempts);

  /**
   * Sets status and headers from what the worker answered.
   *
   * @return null, or why this head cannot be sent
   */
  default Failure head(ResponseHead from, HttpServerResponse to) {
    Failure broken = Headers.copyResponse(from, to.headers());
    if (broken == null) {
      to.setStatusCode(from.getStatus());
    }
    return broken;
  }

  /**
   * Sets status and headers of an answer that tells a failure.
   *
   * @param retryAfterMillis when a retry makes sense, 0 = not known
   * @param call null = the request was refused before there was one
   * @param path of the request, without its query
   * @return the body
   */
  Buffer failure(
      HttpServerResponse response,
      Failure failure,
      long retryAfterMillis,
      Call call,
      String path,
      String node);

  /** Completes when a detached call may be confirmed to its client. */
  Future<Void> acceptable(Call call);

  /** Sets status and headers that confirm a detached call; returns the body. */
  Buffer accepted(HttpServerResponse response, Call call);
}
