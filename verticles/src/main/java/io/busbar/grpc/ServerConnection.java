package io.busbar.grpc;

import io.busbar.http2.Http2Connection;
import io.busbar.http2.Http2Limits;
import io.busbar.http2.Http2Stream;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One HTTP/2 connection that was accepted. All on its event loop; the listener is called there. */
public final class ServerConnection {
  /** What happens on the connection. */
  public interface Listener {
    /** The headers of a call came; it must be answered or opened before this returns. */
    void onRequest(ServerConnection connection, ServerRequest request);

    /** The connection is gone; its streams were told before. Told once. */
    void onClosed(ServerConnection connection, String why);
  }

  private final NetSocket socket;
  private final Listener listener;
  private final Http2Connection http2;
  private Promise<Void> pong;
  private boolean leaving;
  private boolean closed;
  private long waitsAt = -1;
  private long waitsSince;

  private ServerConnection(
      NetSocket socket, ContextInternal context, Http2Limits limits, Listener listener) {
    this.socket = socket;
    this.listener = listener;
    this.http2 = Http2Connection.server(limits, context, new Events());
  }

  /**
   * Speaks HTTP/2 on a socket that was just accepted, before anything of it was read. On the
   * socket's event loop, which is the context's.
   */
  public static ServerConnection accept(
      NetSocket socket, ContextInternal context, Http2Limits limits, Listener listener) {
    ServerConnection connection = new ServerConnection(socket, context, limits, listener);
    ChannelPipeline pipeline =
        ((NetSocketInternal) socket).channelHandlerContext().channel().pipeline();
    List<ChannelHandler> vertxOwn = new ArrayList<>();
    for (Map.Entry<String, ChannelHandler> entry : pipeline) {
      if (!(entry.getValue() instanceof SslHandler)) {
        vertxOwn.add(entry.getValue());
      }
    }
    vertxOwn.forEach(pipeline::remove);
    pipeline.addLast(connection.http2);
    return connection;
  }

  /** Where the client is; null = unknown. */
  public SocketAddress remoteAddress() {
    return socket.remoteAddress();
  }

  /** Streams open now. */
  public int openStreams() {
    return http2.openStreams();
  }

  /** Whether the client's preface and settings came. */
  public boolean greeted() {
    return http2.greeted();
  }

  /**
   * Whether the client's host has taken nothing for so long of what waits for it; to be asked now
   * and then.
   *
   * @param now monotonic milliseconds
   */
  public boolean stalled(long now, long limit) {
    long at = http2.waitsAt();
    if (at < 0 || at != waitsAt) {
      waitsAt = at;
      waitsSince = now;
      return false;
    }
    return now - waitsSince >= limit;
  }

  /**
   * Tells the client to open no more streams, serving those on their way. Completes when the client
   * has seen it.
   */
  public Future<Void> advise() {
    if (pong == null) {
      pong = Promise.promise();
      http2.adviseGoAway();
      http2.ping();
    }
    return pong.future();
  }

  /** Takes no streams after the last one that came, and closes once none is open. */
  public void leave() {
    if (!closed && !leaving) {
      leaving = true;
      http2.goAway();
      closeIfDone();
    }
  }

  /** Cuts the connection at once, with no farewell. */
  public void cut(String why) {
    http2.cut(why);
  }

  private void closeIfDone() {
    if (leaving && !closed && http2.openStreams() == 0) {
      http2.close();
    }
  }

  /** What happens on the connection. */
  private final class Events implements Http2Connection.Listener {
    @Override
    public void onSettings() {
      // Its windows are the codec's matter.
    }

    @Override
    public Http2Stream.Listener onStream(Http2Stream stream) {
      return new ServerRequest(
          stream, request -> listener.onRequest(ServerConnection.this, request));
    }

    @Override
    public void onGoAway(int lastStream, long code) {
      // The client leaves when it is done.
    }

    @Override
    public void onStreamClosed() {
      closeIfDone();
    }

    @Override
    public void onPong() {
      if (pong != null) {
        pong.tryComplete();
      }
    }

    @Override
    public void onClosed(String why) {
      if (!closed) {
        closed = true;
        if (pong != null) {
          pong.tryComplete();
        }
        listener.onClosed(ServerConnection.this, why);
      }
    }
  }
}
