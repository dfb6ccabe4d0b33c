package io.busbar.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * What Vert.x gives no option for, done on the pipeline of one HTTP/2 connection. The only place
 * that uses a Vert.x class that is not exported.
 */
public final class Http2Wire {
  private static final int MOST_FLUSHES_HELD = 256;

  private final Channel channel;

  private Http2Wire(Channel channel) {
    this.channel = channel;
  }

  /** The wire under a connection; null when it is not HTTP/2. On the connection's event loop. */
  public static Http2Wire of(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      return null;
    }
    Http2ConnectionHandler http2 = base.channel().pipeline().get(Http2ConnectionHandler.class);
    return http2 == null ? null : new Http2Wire(base.channel());
  }

  /**
   * One flush per turn of the event loop. Without it each write made outside a read of this very
   * connection is a system call, and a gateway always writes to the other connection.
   */
  public Http2Wire flushOncePerTurn() {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(FlushConsolidationHandler.class) == null) {
      pipeline.addFirst(new FlushConsolidationHandler(MOST_FLUSHES_HELD, true));
    }
    return this;
  }

  /**
   * Cuts the connection at once, with no farewell; from another thread as soon as its loop runs.
   */
  public void cut() {
    if (channel.eventLoop().inEventLoop()) {
      channel.unsafe().closeForcibly();
    } else {
      channel.eventLoop().execute(() -> channel.unsafe().closeForcibly());
    }
  }
}
