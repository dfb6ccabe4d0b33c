package io.busbar.edge;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * What Vert.x gives no option for, done on the channel of one connection. The only place here that
 * uses a Vert.x class that is not exported. On the connection's event loop.
 */
final class Wire {
  private static final int MOST_FLUSHES_HELD = 256;

  private Wire() {}

  /**
   * Prepares a new connection. One flush per turn: without it each write made outside a read of
   * this very connection is a system call, and an answer is always such a write. And no idle limit
   * of the socket any more, which was there for the time before the first byte: it would cut a
   * connection whose call is silent while it works.
   */
  static void prepare(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(FlushConsolidationHandler.class) == null) {
        pipeline.addFirst(new FlushConsolidationHandler(MOST_FLUSHES_HELD, true));
      }
      if (pipeline.get(IdleStateHandler.class) != null) {
        pipeline.remove(IdleStateHandler.class);
      }
    }
  }

  /** Closes at once, whatever waits to be written. */
  static void cut(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().close();
    } else {
      connection.close();
    }
  }
}
