package io.busbar.edge;

import io.vertx.core.http.HttpConnection;

/** One client connection: how many exchanges it has, and what to do when it stands idle. */
public final class Peer extends Watch.Watched {
  private final FrontLane front;
  private final HttpConnection connection;
  private int exchanges;
  private boolean closing;

  Peer(FrontLane front, HttpConnection connection) {
    this.front = front;
    this.connection = connection;
  }

  void begun() {
    exchanges++;
  }

  void ended() {
    exchanges--;
    front.watch().moved(this);
  }

  @Override
  void stoodStill(long ticks) {
    if (exchanges == 0 && ticks > front.idleTicks()) {
      if (closing) {
        Wire.cut(connection);
      } else {
        closing = true;
        front.watch().moved(this);
        front.meters().idleClosed();
        connection.close();
      }
    }
  }
}
