package io.busbar.grpc;

import io.busbar.http2.HeaderBlock;
import io.busbar.http2.HeaderField;
import io.busbar.http2.Http2Connection;
import io.busbar.http2.Http2Limits;
import io.busbar.http2.Http2Stream;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
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

    /** Whether somebody waits for room. */
    boolean wantsRoom();

    /** A stream closed or the peer changed its limit: there may be room. */
    void onRoom(ClientConnection connection);

    /** The connection is gone; each call was told before. Told once. */
    void onClosed(ClientConnection connection, String why);
  }

  private static final HeaderField POST = HeaderField.of(":method", "POST");
  private static final HeaderField HTTP = HeaderField.of(":scheme", "http");
  private static final HeaderField HTTPS = HeaderField.of(":scheme", "https");
  private static final HeaderField TE = HeaderField.of("te", "trailers");
  private static final HeaderField TYPE = HeaderField.of("content-type", "application/grpc");
  private static final HeaderField AGENT = HeaderField.of("user-agent", "busbar");

  private final ContextInternal context;
  private final ClientSettings settings;
  private final MessageBudget budget;
  private final HeaderField authority;
  private final boolean tls;
  private final Listener listener;
  private final Promise<ClientConnection> ready;
  private final Http2Connection http2;
  private final Map<String, HeaderBlock> heads = new HashMap<>();
  private boolean settingsCame;
  private boolean leaving;
  private boolean closed;
  private boolean lookDue;
  private long heardSeen = -1;
  private long heardAt;
  private long pingedAt;
  private long idleSince;

  /**
   * @param ready completed with this once the peer's settings are here
   */
  ClientConnection(
      ContextInternal context,
      ClientSettings settings,
      MessageBudget budget,
      String authority,
      boolean tls,
      Listener listener,
      Promise<ClientConnection> ready) {
    this.context = context;
    this.settings = settings;
    this.budget = budget;
    this.authority = HeaderField.of(":authority", authority);
    this.tls = tls;
    this.listener = listener;
    this.ready = ready;
    Http2Limits limits =
        new Http2Limits(
            0,
            settings.headerBytes(),
            settings.streamWindow(),
            settings.connectionWindow(),
            false,
            Integer.MAX_VALUE,
            Http2Limits.IDLE_FRAMES,
            Http2Limits.ABUSE_MILLIS);
    this.http2 = Http2Connection.client(limits, context, new Events());
  }

  /** For the pipeline. */
  ChannelHandler handler() {
    return http2;
  }

  /** Calls open now. */
  public int open() {
    return http2.openStreams();
  }

  /** Calls the peer lets be open at once. */
  public int limit() {
    return http2.peerLimit();
  }

  /** Whether a call can be opened now. */
  public boolean hasRoom() {
    return usable() && http2.canOpen();
  }

  /** Whether calls may be opened here, now or when others have ended. */
  public boolean usable() {
    return !closed && !leaving && http2.active();
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
    HeaderBlock head = heads.computeIfAbsent(path, this::head);
    ClientStream stream =
        new ClientStream(http2, new Deframer(settings.largest(), budget), callListener);
    stream.start(head.with(metadata));
    if (http2.numbersUsedUp()) {
      goingAway();
    }
    return stream;
  }

  private HeaderBlock head(String path) {
    return HeaderBlock.of(
        POST, tls ? HTTPS : HTTP, HeaderField.of(":path", path), authority, TYPE, TE, AGENT);
  }

  /** Takes no further calls and closes once none is open. */
  public void retire() {
    leaving = true;
    closeIfDone();
  }

  /** Closes at once; open calls are lost. */
  public void close() {
    leaving = true;
    http2.close();
  }

  /** Closes at once because something was wrong, which is told to open calls. */
  public void close(String why) {
    http2.blame(why);
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
    if (http2.heard() != heardSeen) {
      heardSeen = http2.heard();
      heardAt = now;
      pingedAt = 0;
    }
    if (!busy) {
      if (idle > 0 && now - idleSince >= idle) {
        retire();
      }
    } else if (keepalive > 0 && pingedAt == 0 && now - heardAt >= keepalive) {
      pingedAt = now;
      http2.ping();
    } else if (pingedAt != 0 && now - pingedAt >= patience) {
      close("no sign of life for " + (now - heardAt) + " ms");
    }
  }

  /** Not within a callback of the stream: who is told may close this. */
  private void lookAfterTurn() {
    if (!lookDue) {
      lookDue = true;
      context.nettyEventLoop().execute(this::afterTurn);
    }
  }

  private void afterTurn() {
    lookDue = false;
    if (closed) {
      return;
    }
    if (leaving) {
      closeIfDone();
    } else {
      ContextInternal before = context.beginDispatch();
      try {
        listener.onRoom(this);
      } finally {
        context.endDispatch(before);
      }
    }
  }

  private void closeIfDone() {
    if (!closed && leaving && http2.openStreams() == 0) {
      http2.close();
    }
  }

  private void goingAway() {
    if (!leaving && !closed) {
      leaving = true;
      listener.onGoingAway(this);
      lookAfterTurn();
    }
  }

  /** What happens on the connection. */
  private final class Events implements Http2Connection.Listener {
    @Override
    public void onSettings() {
      if (settingsCame) {
        listener.onRoom(ClientConnection.this);
        return;
      }
      settingsCame = true;
      if (!ready.tryComplete(ClientConnection.this)) {
        http2.close();
      }
    }

    @Override
    public Http2Stream.Listener onStream(Http2Stream stream) {
      throw new IllegalStateException("a server opened stream " + stream.id());
    }

    @Override
    public void onGoAway(int lastStream, long code) {
      goingAway();
    }

    @Override
    public void onStreamClosed() {
      if (leaving || listener.wantsRoom()) {
        lookAfterTurn();
      }
    }

    @Override
    public void onPong() {
      // Counted as heard.
    }

    @Override
    public void onClosed(String why) {
      if (!settingsCame) {
        ready.tryFail(why);
      } else if (!closed) {
        closed = true;
        listener.onClosed(ClientConnection.this, why);
      }
    }
  }
}
