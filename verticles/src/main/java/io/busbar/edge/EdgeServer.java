package io.busbar.edge;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.net.NetSocketInternal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of one port on one lane. All lanes of a node listen on the same port; connections
 * are spread over them. On the lane's context.
 */
public final class EdgeServer {
  private static final Logger LOG = LoggerFactory.getLogger(EdgeServer.class);

  private static final long LONGEST_TICK_MILLIS = 1000;
  private static final long DRAIN_HOURS = 24;

  private final EdgeNode node;
  private final Surface surface;
  private final int anyPort;
  private FrontLane front;
  private HttpServer server;
  private Handler<HttpServerRequest> requests;
  private Vertx vertx;
  private long tickTimer = -1;

  /**
   * @param surface the words of requests that were refused before it was known what they are
   * @param anyPort negative number under which all lanes share one free port; a different one for
   *     each front side
   */
  public EdgeServer(EdgeNode node, Surface surface, int anyPort) {
    this.node = node;
    this.surface = surface;
    this.anyPort = anyPort;
  }

  /** What the requests of this lane share; the first step of the start. */
  public FrontLane open(Lane lane, Calls calls) {
    vertx = lane.context().owner();
    HttpOptions options = node.options();
    front =
        new FrontLane(
            lane.context(),
            lane.node().name(),
            calls,
            node.access(),
            options,
            new HttpMeters(node.registry(), options.section()),
            new Watch(tickMillis(options)),
            surface);
    return front;
  }

  /**
   * Listens.
   *
   * @param handler gets each request whose target is not too long; what it throws is answered
   */
  public Future<?> listen(Handler<HttpServerRequest> handler) {
    HttpOptions options = node.options();
    requests = handler;
    tickTimer = vertx.setPeriodic(tickMillis(options), id -> front.watch().tick());
    server =
        Door.server(vertx, node.serverOptions(), this::admits)
            .connectionHandler(this::connected)
            .requestHandler(this::requested)
            .invalidRequestHandler(this::malformed)
            .exceptionHandler(
                t -> LOG.debug("{} connection ended: {}", options.section(), t.toString()));
    return server.listen(options.port() == 0 ? anyPort : options.port(), options.host());
  }

  private static long tickMillis(HttpOptions options) {
    long shortest =
        Math.min(
            Math.min(options.times().progress().toMillis(), options.times().idle().toMillis()),
            Math.max(100, options.times().linger().toMillis()));
    return Math.min(LONGEST_TICK_MILLIS, Math.max(20, shortest / 4));
  }

  /** The port in use, once started. */
  public int port() {
    return server.actualPort();
  }

  /** The server, once started; for whoever renews its certificates. */
  public HttpServer server() {
    return server;
  }

  /** Counts each socket from its first moment to its last. */
  private boolean admits(NetSocketInternal socket) {
    if (node.connections().incrementAndGet() > node.options().maxConnections()
        || front.draining()) {
      node.connections().decrementAndGet();
      front.meters().connectionRefused();
      return false;
    }
    socket
        .channelHandlerContext()
        .channel()
        .closeFuture()
        .addListener(closed -> node.connections().decrementAndGet());
    return true;
  }

  private void connected(HttpConnection connection) {
    Wire.prepare(connection);
    front.connected(connection);
    connection.closeHandler(v -> front.disconnected(connection));
  }

  private void requested(HttpServerRequest request) {
    try {
      if (request.version() == HttpVersion.HTTP_1_0) {
        Wire.promiseClose(request.connection());
      }
      Failure refused = boundsOf(request);
      if (refused == null && !WebSocketDoor.asks(request)) {
        // Each WebSocket endpoint has its own rule for origins; a page's script cannot ask like
        // one.
        refused = front.origins().refuses(request);
      }
      if (refused != null) {
        Answer.refuse(front, request, refused);
      } else if (front.origins().admit(request)) {
        Answer.end(front, request, null);
      } else {
        requests.handle(request);
      }
    } catch (FailureException e) {
      Answer.refuse(front, request, e.failure());
    } catch (RuntimeException e) {
      LOG.error("a request was not handled", e);
      Answer.refuse(front, request, Failure.of(FailureCode.INTERNAL, "see the log of the node"));
    }
  }

  private Failure boundsOf(HttpServerRequest request) {
    HttpOptions options = node.options();
    String uri = request.uri();
    if (uri == null || uri.length() > options.limits().maxUri()) {
      return Failure.of(
              FailureCode.INVALID_REQUEST,
              "the request target has "
                  + (uri == null ? 0 : uri.length())
                  + " characters, expected 1 to "
                  + options.limits().maxUri())
          .withStatus(uri == null ? 400 : 414);
    }
    return null;
  }

  /** What the parser could not read; the connection ends with the answer. */
  private void malformed(HttpServerRequest request) {
    HttpOptions options = node.options();
    Throwable cause = request.decoderResult().cause();
    Failure failure;
    if (cause instanceof TooLongHttpHeaderException) {
      failure =
          Failure.of(
              FailureCode.HEADERS_TOO_LARGE,
              "the headers are larger than "
                  + options.key("max-header-bytes")
                  + ", "
                  + options.limits().maxHeaderBytes()
                  + " bytes");
    } else if (cause instanceof TooLongHttpLineException
        || cause instanceof TooLongFrameException) {
      failure =
          Failure.of(
                  FailureCode.INVALID_REQUEST,
                  "the request line is longer than "
                      + options.key("max-uri")
                      + ", "
                      + options.limits().maxUri()
                      + " characters")
              .withStatus(414);
    } else {
      failure =
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "the request head is not HTTP: " + (cause == null ? "" : cause.getMessage()));
    }
    Answer.malformed(front, request, failure);
  }

  /** Takes no new connections; completes when the last exchange ended and all are closed. */
  public Future<?> drain() {
    Promise<Void> quiet = Promise.promise();
    front.drain(quiet::tryComplete);
    // Listeners close at once, idle connections too; busy ones are told and end with their work.
    Future<Void> closed = server.shutdown(DRAIN_HOURS, TimeUnit.HOURS);
    return Future.all(quiet.future(), closed);
  }

  /** Ends what is open and closes. Harmless before the start. */
  public Future<?> stop() {
    if (server == null) {
      return Future.succeededFuture();
    }
    vertx.cancelTimer(tickTimer);
    for (CallExchange exchange : List.copyOf(front.openCalls())) {
      exchange.stop();
    }
    Promise<Void> flushed = Promise.promise();
    // What was just written leaves at the end of this turn.
    vertx.setTimer(1, fired -> flushed.complete());
    return flushed
        .future()
        .compose(
            v -> {
              for (HttpConnection connection : List.copyOf(front.connections())) {
                Wire.cut(connection);
              }
              return server.close();
            });
  }
}
