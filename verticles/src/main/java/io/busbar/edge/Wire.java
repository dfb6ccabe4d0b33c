package io.busbar.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What Vert.x gives no option for, done on the channel of one connection. On the connection's event
 * loop.
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

  /**
   * Answers of this connection say that it closes. For HTTP/1.0: Vert.x would promise to keep it
   * when the client asked for that, whatever the answer's headers say.
   */
  static void promiseClose(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      if (pipeline.get(ClosePromise.class) == null) {
        pipeline.addBefore("handler", "close-promise", new ClosePromise());
      }
    }
  }

  private static final class ClosePromise extends ChannelOutboundHandlerAdapter {
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof HttpResponse response) {
        response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      }
      context.write(message, promise);
    }
  }

  /** Ends the TCP connection with a reset: the peer sees an error, not an end. */
  static void abort(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().config().setOption(ChannelOption.SO_LINGER, 0);
    }
    cut(connection);
  }

  /** What was written leaves before a close that follows in this turn. */
  static void flush(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      base.channel().flush();
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

  /**
   * Whether bytes are taken from the connection of a WebSocket. Not by Vert.x's pause: what it
   * holds then is never released when the connection ends meanwhile.
   */
  static void reads(ServerWebSocket socket, boolean on) {
    if (socket instanceof WebSocketInternal internal) {
      internal.channelHandlerContext().channel().config().setAutoRead(on);
    }
  }

  /** What was written while a read is under way goes out, also when the connection closes next. */
  static void flush(ServerWebSocket socket) {
    if (socket instanceof WebSocketInternal internal) {
      internal.channelHandlerContext().flush();
    }
  }

  /** Closes the connection of a WebSocket after that time, unless it is closed before. */
  static void cutAfter(ServerWebSocket socket, long millis) {
    if (socket instanceof WebSocketInternal internal) {
      Channel channel = internal.channelHandlerContext().channel();
      ScheduledFuture<?> cut =
          channel.eventLoop().schedule(() -> channel.close(), millis, TimeUnit.MILLISECONDS);
      channel.closeFuture().addListener(closed -> cut.cancel(false));
    }
  }

  /** Closes the connection of a WebSocket at once, without a close frame. */
  static void cut(ServerWebSocket socket) {
    if (socket instanceof WebSocketInternal internal) {
      internal.channelHandlerContext().close();
    }
  }
}
