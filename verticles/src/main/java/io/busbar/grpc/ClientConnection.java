package io.busbar.grpc;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;

/**
 * One HTTP/2 connection to a gRPC server. All on the event loop it was dialled on; listeners are
 * called there.
 */
public final class ClientConnection {
  /** What happens on the connection. */
  public interface Listener {
    /** The peer takes no further calls here; open ones go on. Told once. */
    void onGoingAway(ClientConnection connection);

    /** A stream closed or the peer changed its limit: there may be room. */
    void onRoom(ClientConnection connection);

    /** The connection is gone; each call was told before. Told once. */
    void onClosed(ClientConnection connection, String why);
  }

  private static final AsciiString POST = AsciiString.cached("POST");
  private static final AsciiString HTTP = AsciiString.cached("http");
  private static final AsciiString HTTPS = AsciiString.cached("https");
  private static final AsciiString TE = AsciiString.cached("te");
  private static final AsciiString TRAILERS = AsciiString.cached("trailers");
  private static final AsciiString TYPE = AsciiString.cached("content-type");
  private static final AsciiString GRPC = AsciiString.cached("application/grpc");
  private static final AsciiString AGENT = AsciiString.cached("user-agent");
  private static final AsciiString BUSBAR = AsciiString.cached("busbar");

  private final ClientHandler handler;
  private final ClientSettings settings;
  private final MessageBudget budget;
  private final AsciiString authority;
  private final boolean tls;
  private final Listener listener;
  private boolean leaving;
  private boolean closed;
  private long heard;
  private long heardSeen = -1;
  private long heardAt;
  private long pingedAt;
  private long idleSince;

  ClientConnection(
      ClientHandler handler,
      ClientSettings settings,
      MessageBudget budget,
      String authority,
      boolean tls,
      Listener listener) {
    this.handler = handler;
    this.settings = settings;
    this.budget = budget;
    this.authority = AsciiString.cached(authority);
    this.tls = tls;
    this.listener = listener;
  }

  /** Calls open now. */
  public int open() {
    return handler.connection().local().numActiveStreams();
  }

  /** Calls the peer lets be open at once. */
  public int limit() {
    return handler.connection().local().maxActiveStreams();
  }

  /** Whether a call can be opened now. */
  public boolean hasRoom() {
    return usable() && handler.connection().local().canOpenStream();
  }

  /** Whether calls may be opened here, now or when others have ended. */
  public boolean usable() {
    return !closed && !leaving && handler.context().channel().isActive();
  }

  /**
   * Opens a call. Only when there is {@link #hasRoom room}. Nothing is sent before the end of this
   * turn of the event loop.
   *
   * @param path of the method
   * @param metadata names in lower case
   */
  public ClientStream open(
      String path, Map<String, String> metadata, ClientStream.Listener callListener) {
    Http2Headers headers =
        new DefaultHttp2Headers(false)
            .method(POST)
            .scheme(tls ? HTTPS : HTTP)
            .path(path)
            .authority(authority)
            .set(TYPE, GRPC)
            .set(TE, TRAILERS)
            .set(AGENT, BUSBAR);
    metadata.forEach(headers::add);
    int id = handler.connection().local().incrementAndGetNextStreamId();
    ClientStream stream =
        new ClientStream(handler, id, new Deframer(settings.largest(), budget), callListener);
    stream.start(headers);
    if (handler.connection().local().lastStreamCreated() > Integer.MAX_VALUE - 1000) {
      // Stream numbers are used up.
      goingAway();
    }
    return stream;
  }

  private void ping() {
    ChannelHandlerContext context = handler.context();
    handler.encoder().writePing(context, false, System.nanoTime(), context.newPromise());
    handler.flush(context);
  }

  /** Takes no further calls and closes once none is open. */
  public void retire() {
    leaving = true;
    closeIfDone();
  }

  /** Closes at once; open calls are lost. */
  public void close() {
    leaving = true;
    handler.context().close();
  }

  /** Closes at once because something was wrong, which is told to open calls. */
  public void close(String why) {
    handler.blame(why);
    close();
  }

  /**
   * Looks after the connection; to be called now and then. Times in milliseconds, 0 = never.
   *
   * @param now monotonic
   * @param idle without calls for so long it is retired
   * @param keepalive with calls and silent for so long the peer is asked for a sign of life
   * @param patience without that sign for so long it is closed
   */
  public void look(long now, long idle, long keepalive, long patience) {
    boolean busy = open() > 0;
    if (busy || idleSince == 0) {
      idleSince = now;
    }
    if (heard != heardSeen) {
      heardSeen = heard;
      heardAt = now;
      pingedAt = 0;
    }
    if (!busy) {
      if (idle > 0 && now - idleSince >= idle) {
        retire();
      }
    } else if (keepalive > 0 && pingedAt == 0 && now - heardAt >= keepalive) {
      pingedAt = now;
      ping();
    } else if (pingedAt != 0 && now - pingedAt >= patience) {
      close("no sign of life for " + (now - heardAt) + " ms");
    }
  }

  void heard() {
    heard++;
  }

  void roomChanged() {
    if (!closed) {
      listener.onRoom(this);
    }
  }

  void streamClosed() {
    if (leaving) {
      // Not within the callback: the stream is still counted.
      handler.context().executor().execute(this::closeIfDone);
    } else {
      handler.context().executor().execute(this::roomChanged);
    }
  }

  private void closeIfDone() {
    Http2Connection connection = handler.connection();
    if (!closed && leaving && connection.numActiveStreams() == 0) {
      handler.context().close();
    }
  }

  void goingAway() {
    if (!leaving && !closed) {
      leaving = true;
      listener.onGoingAway(this);
      handler.context().executor().execute(this::closeIfDone);
    }
  }

  void closed(String why) {
    if (!closed) {
      closed = true;
      listener.onClosed(this, why);
    }
  }
}
