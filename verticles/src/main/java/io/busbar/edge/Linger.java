package io.busbar.edge;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Reads and drops the rest of a request whose answer was given, so that the client gets to read the
 * answer. Up to a number of bytes and a time; then an HTTP/1 connection is closed, and an HTTP/2
 * stream reset without error. The latter soon, since it costs nobody else; but not at once, since a
 * client that is about to end its request would see an error for nothing.
 */
final class Linger extends Watch.Watched {
  private static final long HTTP2_TICKS = 1;
  private static final long NO_ERROR = 0;

  private final FrontLane front;
  private final HttpServerRequest request;
  private final boolean http2;
  private long left;
  private boolean over;

  private Linger(FrontLane front, HttpServerRequest request) {
    this.front = front;
    this.request = request;
    this.http2 = request.version() == HttpVersion.HTTP_2;
    this.left = front.options().limits().lingerBytes();
  }

  /**
   * Starts once the answer was handed over.
   *
   * @param close whether the answer said that the connection closes
   */
  static void start(FrontLane front, HttpServerRequest request, boolean close) {
    if (request.isEnded()) {
      return;
    }
    Linger linger = new Linger(front, request);
    front.watch().add(linger);
    request.handler(
        data -> {
          linger.left -= data.length();
          if (linger.left < 0) {
            linger.cut();
          }
        });
    request.exceptionHandler(gone -> linger.stop());
    request.endHandler(
        v -> {
          linger.stop();
          if (close) {
            request.connection().close();
          }
        });
    request.resume();
  }

  private void stop() {
    over = true;
    front.watch().remove(this);
  }

  private void cut() {
    if (over) {
      return;
    }
    stop();
    front.meters().lingerCut();
    if (http2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }

  @Override
  void stoodStill(long ticks) {
    if (ticks > (http2 ? HTTP2_TICKS : front.lingerTicks())) {
      cut();
    }
  }
}
