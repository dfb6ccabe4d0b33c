package io.busbar.http;

import io.vertx.core.http.HttpServerRequest;

/**
 * Reads and drops the rest of an HTTP/1 request whose answer was given, up to a number of bytes and
 * a time; then closes.
 */
final class Linger extends Watch.Watched {
  private final FrontLane front;
  private final HttpServerRequest request;
  private final boolean close;
  private long left;
  private boolean over;

  private Linger(FrontLane front, HttpServerRequest request, boolean close) {
    this.front = front;
    this.request = request;
    this.close = close;
    this.left = front.options().lingerBytes();
  }

  /**
   * @param close whether the answer said that the connection closes
   */
  static void start(FrontLane front, HttpServerRequest request, boolean close) {
    Linger linger = new Linger(front, request, close);
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
    if (!over) {
      stop();
      front.meters().lingerCut();
      request.connection().close();
    }
  }

  @Override
  void stoodStill(long ticks) {
    if (ticks > front.lingerTicks()) {
      cut();
    }
  }
}
