package io.busbar.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/** The HTTP/2 codec of one dialled connection; turns frames into what its streams are told. */
final class ClientHandler extends Http2ConnectionHandler {
  private static final float WINDOW_UPDATE_RATIO = 0.5f;

  private final Http2Connection.PropertyKey streamKey;
  private final int connectionWindow;
  private ChannelHandlerContext context;
  private ContextInternal vertxContext;
  private ClientConnection owner;
  private Promise<ClientConnection> ready;
  private String closedBy = "";
  private boolean settingsCame;

  private ClientHandler(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings initial,
      int connectionWindow) {
    super(decoder, encoder, initial);
    this.connectionWindow = connectionWindow;
    this.streamKey = connection().newKey();
    connection().addListener(new Streams());
    decoder.frameListener(new Frames());
  }

  static ClientHandler build(ClientSettings settings) {
    return new Builder(settings).build();
  }

  private static final class Builder
      extends AbstractHttp2ConnectionHandlerBuilder<ClientHandler, Builder> {
    private final ClientSettings settings;

    Builder(ClientSettings settings) {
      this.settings = settings;
      DefaultHttp2Connection connection = new DefaultHttp2Connection(false);
      // A call whose reader is slow must not use up the room of the others.
      connection
          .local()
          .flowController(
              new DefaultHttp2LocalFlowController(connection, WINDOW_UPDATE_RATIO, true));
      connection(connection);
      initialSettings(
          Http2Settings.defaultSettings()
              .pushEnabled(false)
              .initialWindowSize(settings.streamWindow())
              .maxHeaderListSize(settings.headerBytes()));
      gracefulShutdownTimeoutMillis(0);
      frameListener(new Http2FrameAdapter());
    }

    @Override
    protected ClientHandler build() {
      return super.build();
    }

    @Override
    protected ClientHandler build(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings initial) {
      return new ClientHandler(decoder, encoder, initial, settings.connectionWindow());
    }
  }

  /** Before it is added to the pipeline. */
  void serve(ClientConnection connection, ContextInternal on, Promise<ClientConnection> whenReady) {
    owner = connection;
    vertxContext = on;
    ready = whenReady;
  }

  void flushPreface() {
    flush(context);
  }

  ChannelHandlerContext context() {
    return context;
  }

  /** Why the connection was closed, "" = the peer just closed it. */
  String closedBy() {
    return closedBy;
  }

  /** Names the cause before the connection is closed from here. */
  void blame(String why) {
    if (closedBy.isEmpty()) {
      closedBy = why;
    }
  }

  void bind(Http2Stream stream, ClientStream call) {
    stream.setProperty(streamKey, call);
  }

  private ClientStream call(Http2Stream stream) {
    return stream == null ? null : stream.getProperty(streamKey);
  }

  private ClientStream call(int streamId) {
    return call(connection().stream(streamId));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    Http2Stream whole = connection().connectionStream();
    int more = connectionWindow - connection().local().flowController().windowSize(whole);
    if (more > 0) {
      connection().local().flowController().incrementWindowSize(whole, more);
    }
  }

  /** What is told from here on runs on the lane's context, as if Vert.x had read. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    ContextInternal before = vertxContext.beginDispatch();
    try {
      super.channelRead(ctx, message);
    } finally {
      vertxContext.endDispatch(before);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    ContextInternal before = vertxContext.beginDispatch();
    try {
      inactive(ctx);
    } finally {
      vertxContext.endDispatch(before);
    }
  }

  private void inactive(ChannelHandlerContext ctx) throws Exception {
    super.channelInactive(ctx);
    String why = closedBy.isEmpty() ? "the peer closed the connection" : closedBy;
    if (!settingsCame) {
      ready.tryFail(why);
    } else {
      owner.closed(why);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (closedBy.isEmpty()) {
      closedBy = text(cause);
    }
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else {
      ctx.close();
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception http2) {
    closedBy = "HTTP/2: " + text(http2 == null ? cause : http2);
    super.onConnectionError(ctx, outbound, cause, http2);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException http2) {
    ClientStream call = call(http2.streamId());
    if (call != null) {
      call.broken("HTTP/2: " + text(http2));
    }
    super.onStreamError(ctx, outbound, cause, http2);
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** What the peer sends. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      if (!settingsCame) {
        settingsCame = true;
        if (!ready.tryComplete(owner)) {
          ctx.close();
        }
      } else {
        owner.roomChanged();
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
      owner.heard();
      ClientStream call = call(streamId);
      int size = data.readableBytes();
      if (call == null) {
        return size + padding;
      }
      return padding + call.data(data, endOfStream);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean endOfStream) {
      owner.heard();
      ClientStream call = call(streamId);
      if (call != null) {
        call.headers(headers, endOfStream);
      }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long errorCode) {
      owner.heard();
      ClientStream call = call(streamId);
      if (call != null) {
        call.resetByPeer(errorCode);
      }
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
      owner.heard();
    }
  }

  /** What becomes of streams and of the connection. */
  private final class Streams extends Http2ConnectionAdapter {
    @Override
    public void onStreamClosed(Http2Stream stream) {
      ClientStream call = call(stream);
      if (call != null) {
        call.closed();
        owner.streamClosed();
      }
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
      owner.goingAway();
    }
  }
}
