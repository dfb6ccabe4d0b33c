package io.busbar.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.internal.ContextInternal;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One HTTP/2 connection as the last handler of its channel's pipeline. Everything happens on the
 * channel's event loop, and listeners are called on it.
 */
public final class Http2Connection extends ChannelInboundHandlerAdapter {
  /** What happens on the connection. Each method is called on the event loop; none may throw. */
  public interface Listener {
    /** The peer's settings came, for the first time or changed. */
    void onSettings();

    /** The peer opened a stream; its headers are told next. Of a server only. */
    Http2Stream.Listener onStream(Http2Stream stream);

    /** The peer takes no streams above this one. */
    void onGoAway(int lastStream, long code);

    /** A stream closed; its own listener was told. */
    void onStreamClosed();

    /** The peer answered {@link #ping()}. */
    void onPong();

    /** The connection is gone; all streams were told. Told once, as the last. */
    void onClosed(String why);
  }

  private static final int ADVISORY = Integer.MAX_VALUE;
  private static final int LONGEST_TEXT = 200;
  private static final int FAREWELL_SECONDS = 2;

  /** To a client of HTTP/1.1. */
  private static final byte[] NOT_HTTP2 =
      ("HTTP/1.1 505 HTTP Version Not Supported\r\nconnection: close\r\n"
              + "content-type: text/plain\r\ncontent-length: 17\r\n\r\ngRPC needs HTTP/2")
          .getBytes(StandardCharsets.US_ASCII);

  final boolean server;
  final Http2Limits limits;
  final Listener listener;
  private final ContextInternal dispatch;
  private final AbuseGuard guard;
  private final FrameReader reader;
  private final StreamTable streams;
  private ChannelHandlerContext context;
  private Outbound outbound;
  private Sender sender;
  private final Incoming incoming;
  private String closedBy = "";
  private boolean reading;
  private boolean failed;
  private boolean closed;

  private Http2Connection(
      boolean server,
      Http2Limits limits,
      ContextInternal dispatch,
      LongSupplier nanos,
      Listener listener) {
    this.server = server;
    this.limits = limits;
    this.dispatch = dispatch;
    this.listener = listener;
    this.guard = new AbuseGuard(limits, nanos);
    this.streams = new StreamTable(server);
    this.incoming = new Incoming(this, streams, guard);
    this.reader =
        new FrameReader(incoming, server ? Frames.PREFACE : "", limits.headerBytes() + 1024);
  }

  /**
   * The client's side of a connection.
   *
   * @param dispatch context that listeners are called in, of the channel's event loop; null = none
   */
  public static Http2Connection client(
      Http2Limits limits, ContextInternal dispatch, Listener listener) {
    return new Http2Connection(false, limits, dispatch, System::nanoTime, listener);
  }

  /** The server's side; parameters as {@link #client}. */
  public static Http2Connection server(
      Http2Limits limits, ContextInternal dispatch, Listener listener) {
    return new Http2Connection(true, limits, dispatch, System::nanoTime, listener);
  }

  // ---- the channel

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    outbound = new Outbound(ctx, this::roomAgain);
    sender = new Sender(outbound, guard, this::localEnded);
    if (server) {
      ctx.channel().config().setRecvByteBufAllocator(new TurnReads(streams::lastOfPeer));
      // Greets only once it is clear that the client speaks HTTP/2.
      return;
    }
    greet();
    outbound.flush();
  }

  /** Says hello. */
  void greet() {
    if (!server) {
      outbound.text(Frames.PREFACE.getBytes(StandardCharsets.US_ASCII));
      sender.settings(
          Frames.ENABLE_PUSH, 0,
          Frames.INITIAL_WINDOW_SIZE, limits.streamWindow(),
          Frames.MAX_HEADER_LIST_SIZE, limits.headerBytes());
    } else {
      sender.settings(
          Frames.MAX_CONCURRENT_STREAMS, limits.streams(),
          Frames.INITIAL_WINDOW_SIZE, limits.streamWindow(),
          Frames.MAX_HEADER_LIST_SIZE, limits.headerBytes());
    }
    int more = incoming.growWindow(limits.connectionWindow());
    if (more > 0) {
      sender.windowUpdate(0, more);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    ContextInternal before = begin();
    try {
      if (!failed && !closed) {
        reading = true;
        reader.read(in);
        if (outbound.tooMuch()) {
          cut("the peer does not read what it asked for");
        }
      }
    } catch (ConnectionFault fault) {
      fail(fault);
    } finally {
      reading = false;
      in.release();
      end(before);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ContextInternal before = begin();
    try {
      gone();
    } finally {
      end(before);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    String text = cause.getMessage();
    blame(text == null ? cause.getClass().getSimpleName() : text);
    ctx.close();
  }

  private ContextInternal begin() {
    return dispatch == null ? null : dispatch.beginDispatch();
  }

  private void end(ContextInternal before) {
    if (dispatch != null) {
      dispatch.endDispatch(before);
    }
  }

  private void roomAgain() {
    ContextInternal before = begin();
    try {
      sender.pump();
    } finally {
      end(before);
    }
  }

  // ---- streams

  /** Streams open now. */
  public int openStreams() {
    return streams.open();
  }

  /** Streams that the peer lets this side have open. */
  public int peerLimit() {
    return (int) Math.min(Integer.MAX_VALUE, incoming.peer().streams());
  }

  /** Whether the channel is open and no rule was broken. */
  public boolean active() {
    return !closed && !failed && context.channel().isActive();
  }

  /** Whether the peer's settings came. */
  public boolean greeted() {
    return incoming.greeted();
  }

  /** Bytes that the socket took so far, or -1 when nothing waits for it. */
  public long waitsAt() {
    return outbound.sent() == outbound.accepted() ? -1 : outbound.sent();
  }

  /** Whether this side may open a stream now. */
  public boolean canOpen() {
    return !closed
        && !failed
        && !incoming.goneAway()
        && streams.opened() < incoming.peer().streams();
  }

  /** Whether the numbers for new streams are nearly used up. */
  public boolean numbersUsedUp() {
    return streams.numbersUsedUp();
  }

  /** Opens a stream and sends its headers. Only when {@link #canOpen}. */
  public Http2Stream open(HeaderBlock headers, Http2Stream.Listener streamListener) {
    Http2Stream stream =
        new Http2Stream(
            this, streams.nextId(), true, limits.streamWindow(), incoming.peer().window());
    stream.listener = streamListener;
    streams.add(stream);
    stream.headers(headers, false);
    return stream;
  }

  private void localEnded(Http2Stream stream) {
    stream.localEnds();
    if (stream.remoteEnded) {
      closeStream(stream);
    } else if (server) {
      // A client that never ends its side, as Fn's load balancer, would leave the stream for ever.
      resetStream(stream, Http2Error.NO_ERROR);
    }
    if (server && !reading && streams.open() == 0) {
      // Nothing else will ride along, and what the node still does for the call can wait.
      outbound.flush();
    }
  }

  void consumed(int bytes) {
    if (limits.sharedWindow() && bytes > 0 && !closed) {
      incoming.free(bytes);
    }
  }

  void remoteEnded(Http2Stream stream) {
    stream.remoteEnded = true;
    if (stream.localEnded()) {
      closeStream(stream);
    }
  }

  void resetStream(Http2Stream stream, Http2Error code) {
    if (!stream.closed) {
      sender.reset(stream.id, code.code());
      streams.rememberReset(stream.id);
      closeStream(stream);
    }
  }

  void closeStream(Http2Stream stream) {
    if (stream.closed) {
      return;
    }
    stream.closed = true;
    stream.dropPending();
    streams.remove(stream);
    consumed(stream.unread());
    stream.listener.onClosed();
    if (!closed) {
      listener.onStreamClosed();
    }
  }

  // ---- the connection's own

  /** Asks the peer for a sign of life. */
  public void ping() {
    sender.ping(0, false);
  }

  /** Frames of streams, and answers to pings, that came so far: changes while the peer lives. */
  public long heard() {
    return incoming.heard();
  }

  /** Tells the peer to open no more streams here, without refusing those on their way. */
  public void adviseGoAway() {
    sender.goAway(ADVISORY, Http2Error.NO_ERROR.code(), new byte[0]);
  }

  /** Tells the peer that no stream after the last one that came is looked at. */
  public void goAway() {
    incoming.refuseNew();
    sender.goAway(streams.lastOfPeer(), Http2Error.NO_ERROR.code(), new byte[0]);
  }

  /** Whether a GOAWAY of the peer left out this stream. */
  public boolean leftOut(int stream) {
    return incoming.leftOut(stream);
  }

  /** Why the connection was closed; "" = the peer just closed it, or it is open. */
  public String closedBy() {
    return closedBy;
  }

  /** Names the cause of a close from here; the first one counts. */
  public void blame(String why) {
    if (closedBy.isEmpty()) {
      closedBy = why;
    }
  }

  /** Sends what waits for the end of the turn, then closes. */
  public void close() {
    outbound.flush();
    context.close();
  }

  /** Closes at once, with no farewell. */
  public void cut(String why) {
    blame(why);
    failed = true;
    context.close();
  }

  private void fail(ConnectionFault fault) {
    failed = true;
    blame("HTTP/2: " + fault.getMessage());
    String text = fault.getMessage();
    byte[] shown =
        text.substring(0, Math.min(text.length(), LONGEST_TEXT)).getBytes(StandardCharsets.UTF_8);
    if (reader.http1()) {
      outbound.text(NOT_HTTP2);
    } else {
      sender.goAway(streams.lastOfPeer(), fault.code().code(), shown);
    }
    outbound.flush();
    context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> farewell());
    // A peer that does not read would keep it open.
    context.executor().schedule(() -> context.close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
    gone();
  }

  /** What the peer still sends is read and dropped, or its host would drop our last words. */
  private void farewell() {
    if (context.channel() instanceof DuplexChannel duplex && duplex.isActive()) {
      duplex.shutdownOutput();
    } else {
      context.close();
    }
  }

  private void gone() {
    if (closed) {
      return;
    }
    closed = true;
    outbound.close();
    for (Http2Stream stream : streams.all()) {
      closeStream(stream);
    }
    listener.onClosed(closedBy.isEmpty() ? "the peer closed the connection" : closedBy);
  }

  // ---- for its parts

  Sender sender() {
    return sender;
  }

  Outbound outbound() {
    return outbound;
  }

  boolean failed() {
    return failed || closed;
  }
}
