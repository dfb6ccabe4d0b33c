package io.busbar.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * What Vert.x gives no option for, done on the pipeline of one HTTP/2 connection. The only place
 * that uses a Vert.x class that is not exported.
 */
public final class Http2Wire {
  private static final int MOST_FLUSHES_HELD = 256;

  /** For the frames around the bytes. */
  private static final int SLACK = 1024;

  private final Channel channel;
  private final Http2ConnectionHandler http2;

  private Http2Wire(Channel channel, Http2ConnectionHandler http2) {
    this.channel = channel;
    this.http2 = http2;
  }

  /** The wire under a connection; null when it is not HTTP/2. On the connection's event loop. */
  public static Http2Wire of(HttpConnection connection) {
    if (!(connection instanceof ConnectionBase base)) {
      return null;
    }
    Http2ConnectionHandler http2 = base.channel().pipeline().get(Http2ConnectionHandler.class);
    return http2 == null ? null : new Http2Wire(base.channel(), http2);
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
   * Ends the idle limit of the socket, which was there for the time before the first request: it
   * counts bytes only and would cut a connection whose calls are silent while they work.
   */
  public Http2Wire withoutSocketIdleLimit() {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(IdleStateHandler.class) != null) {
      pipeline.remove(IdleStateHandler.class);
    }
    return this;
  }

  /**
   * Resets a stream with NO_ERROR once its answer is complete and the client has not ended its
   * side: Fn's load balancer never does, and such a stream would stay for ever.
   */
  public Http2Wire closeAnsweredStreams() {
    Http2Connection connection = http2.connection();
    connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamHalfClosed(Http2Stream stream) {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
              channel.eventLoop().execute(() -> closeAnswered(stream));
            }
          }
        });
    return this;
  }

  private void closeAnswered(Http2Stream stream) {
    if (stream.state() != Http2Stream.State.HALF_CLOSED_LOCAL) {
      return;
    }
    ChannelHandlerContext context = channel.pipeline().context(http2);
    if (context != null) {
      http2.resetStream(context, stream.id(), Http2Error.NO_ERROR.code(), context.newPromise());
      channel.flush();
    }
  }

  /** Whether so many bytes, and the end after them, would leave at once. */
  boolean hasRoom(int streamId, int bytes) {
    Http2Stream stream = http2.connection().stream(streamId);
    if (stream == null) {
      return false;
    }
    Http2RemoteFlowController windows = http2.encoder().flowController();
    return windows.isWritable(stream)
        && !windows.hasFlowControlled(stream)
        && windows.windowSize(stream) > bytes
        && windows.windowSize(http2.connection().connectionStream()) > bytes
        && channel.bytesBeforeUnwritable() > bytes + SLACK;
  }

  /** Ends a stream whose data has all been sent. */
  void endWith(int streamId, MultiMap trailers) {
    ChannelHandlerContext context = channel.pipeline().context(http2);
    if (context != null && http2.connection().stream(streamId) != null) {
      Http2Headers end = new DefaultHttp2Headers();
      trailers.forEach((name, value) -> end.add(name, value));
      http2.encoder().writeHeaders(context, streamId, end, 0, true, context.newPromise());
      channel.flush();
    }
  }

  /** Streams open now, on either side. */
  public int openStreams() {
    return http2.connection().numActiveStreams();
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
