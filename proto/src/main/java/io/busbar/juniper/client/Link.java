package io.busbar.juniper.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket that is opened again, after a pause with jitter, whenever it broke, until it is
 * closed. All on its context.
 */
final class Link {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final int CONNECT_MILLIS = 10_000;

  private final Vertx vertx;
  private final Context context;
  private final JuniperServer server;
  private final String path;
  private final Handler handler;
  private final Pauses pauses;
  private final WebSocketClient client;
  private ClientWebSocket socket;
  private long heardAt;
  private long watch = -1;
  private boolean connected;
  private boolean closed;

  /** Told on the context. */
  interface Handler {
    /** The socket is open, nothing came yet. */
    void opened();

    void text(String message);

    void binary(Buffer message);

    /** Bytes of the binary message that comes next, 0 = not known. */
    default int awaited() {
      return 0;
    }

    /** The socket is gone, or could not be opened; another one is opened soon. */
    void lost(String reason);
  }

  Link(Vertx vertx, JuniperServer server, String path, Handler handler) {
    this(vertx, server, path, handler, bound -> ThreadLocalRandom.current().nextLong(bound));
  }

  /**
   * @param chance of the pauses, as {@link Pauses} has it
   */
  Link(Vertx vertx, JuniperServer server, String path, Handler handler, LongUnaryOperator chance) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.server = server;
    this.path = path;
    this.handler = handler;
    this.pauses = new Pauses(server.firstPause(), server.longestPause(), chance);
    this.client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setConnectTimeout(CONNECT_MILLIS)
                .setMaxFrameSize(server.maxMessage())
                .setMaxMessageSize(server.maxMessage()));
  }

  void run(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  void open() {
    if (closed) {
      return;
    }
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setAbsoluteURI(server.uri(path))
            .setAllowOriginHeader(!server.origin().isEmpty());
    if (!server.apiKey().isEmpty()) {
      options.addHeader("X-API-Key", server.apiKey());
    }
    if (!server.origin().isEmpty()) {
      options.addHeader("Origin", server.origin());
    }
    ClientWebSocket next = client.webSocket();
    MessageJoiner messages = new MessageJoiner(server.maxMessage(), handler);
    next.frameHandler(frame -> heard(next, () -> frame(messages, frame)));
    next.pongHandler(bytes -> heard(next, () -> {}));
    next.exceptionHandler(cause -> LOG.debug("{}: {}", options.getURI(), cause.toString()));
    next.closeHandler(
        v -> lost(next, "closed with " + next.closeStatusCode() + " " + next.closeReason()));
    socket = next;
    next.connect(options)
        .onComplete(
            done -> {
              if (socket != next) {
                if (done.succeeded()) {
                  drop(next);
                }
              } else if (done.failed()) {
                lost(next, String.valueOf(done.cause().getMessage()));
              } else {
                connected = true;
                heardAt = now();
                watch();
                handler.opened();
              }
            });
  }

  private void frame(MessageJoiner messages, WebSocketFrame frame) {
    if (!messages.take(frame)) {
      restart("a message is longer than " + server.maxMessage() + " bytes, or out of order");
    }
  }

  private void heard(ClientWebSocket from, Runnable action) {
    if (socket == from) {
      heardAt = now();
      action.run();
    }
  }

  private void lost(ClientWebSocket gone, String reason) {
    if (socket != gone) {
      return;
    }
    socket = null;
    connected = false;
    vertx.cancelTimer(watch);
    handler.lost(reason);
    if (!closed) {
      vertx.setTimer(pauses.next(), t -> open());
    }
  }

  /** What was wanted of the connection works: the next pause is the first again. */
  void settled() {
    pauses.reset();
  }

  private void watch() {
    long limit = server.silence().toMillis();
    long left = heardAt + limit - now();
    if (left <= 0) {
      restart("nothing came for " + server.silence());
    } else {
      watch = vertx.setTimer(left, t -> watch());
    }
  }

  private static long now() {
    return System.nanoTime() / 1_000_000;
  }

  /** False = there is no connection. */
  boolean send(String text) {
    if (!connected) {
      return false;
    }
    ClientWebSocket to = socket;
    to.writeTextMessage(text).onFailure(cause -> lost(to, "cannot be written to"));
    return true;
  }

  void send(Buffer bytes) {
    if (connected) {
      ClientWebSocket to = socket;
      to.writeBinaryMessage(bytes).onFailure(cause -> lost(to, "cannot be written to"));
    }
  }

  /** Gives the connection up and opens another one. */
  void restart(String reason) {
    ClientWebSocket old = socket;
    boolean wasConnected = connected;
    if (old != null) {
      lost(old, reason);
    }
    if (wasConnected) {
      drop(old);
    }
  }

  private static void drop(ClientWebSocket old) {
    old.close().onFailure(cause -> LOG.debug("was closed already: {}", cause.toString()));
  }

  Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    closed = true;
    restart("closed by its client");
    return client.close();
  }
}
