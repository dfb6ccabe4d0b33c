package io.busbar.http;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.call.CallRequest;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.busbar.security.Role;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP front side of one lane. All lanes of a node listen on the same port; connections are
 * spread over them. Calls take a short way past the router.
 */
public final class HttpFront implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);

  /** All lanes share one free port under the same negative number; the value is arbitrary. */
  private static final int ANY_SHARED_PORT = -8080;

  private static final long LONGEST_TICK_MILLIS = 1000;
  private static final long DRAIN_HOURS = 24;

  private final HttpFronts node;
  private final Function<Lane, Calls> calls;
  private FrontLane front;
  private HttpServer server;
  private Handler<HttpServerRequest> api;
  private Vertx vertx;
  private long tickTimer = -1;

  HttpFront(HttpFronts node, Function<Lane, Calls> calls) {
    this.node = node;
    this.calls = calls;
  }

  @Override
  public Future<?> start(Lane lane) {
    vertx = lane.context().owner();
    HttpOptions options = node.options();
    Watch watch = new Watch(tickMillis(options));
    front =
        new FrontLane(
            lane.context(),
            lane.node().name(),
            calls.apply(lane),
            node.access(),
            options,
            new HttpMeters(node.registry()),
            watch);
    api = ApiRouter.create(vertx, lane, front, node);
    tickTimer = vertx.setPeriodic(tickMillis(options), id -> watch.tick());
    server =
        vertx
            .createHttpServer(node.serverOptions())
            .connectionHandler(this::connected)
            .requestHandler(this::requested)
            .invalidRequestHandler(this::malformed)
            .exceptionHandler(t -> LOG.debug("HTTP connection ended: {}", t.toString()));
    return server.listen(options.port() == 0 ? ANY_SHARED_PORT : options.port(), options.host());
  }

  private static long tickMillis(HttpOptions options) {
    long shortest =
        Math.min(
            Math.min(options.progressTimeout().toMillis(), options.idleTimeout().toMillis()),
            Math.max(100, options.lingerTimeout().toMillis()));
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

  private void connected(HttpConnection connection) {
    if (node.connections().incrementAndGet() > node.options().maxConnections()
        || front.draining()) {
      node.connections().decrementAndGet();
      front.meters().connectionRefused();
      connection.close();
      return;
    }
    Wire.prepare(connection);
    front.connected(connection);
    connection.closeHandler(
        v -> {
          node.connections().decrementAndGet();
          front.disconnected(connection);
        });
  }

  private void requested(HttpServerRequest request) {
    try {
      Failure refused = boundsOf(request);
      if (refused != null) {
        Answer.refuse(front, request, refused);
        return;
      }
      String pool =
          HttpMethod.POST.equals(request.method()) ? PoolPath.segment(request.uri()) : null;
      if (pool == null) {
        Headers.checkCount(request.headers(), node.options().maxHeaders());
        refused = TargetCheck.refuses(Answer.path(request));
        if (refused != null) {
          Answer.refuse(front, request, refused);
        } else {
          api.handle(request);
        }
      } else {
        call(pool, request);
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
    if (uri == null || uri.length() > options.maxUri()) {
      return Failure.of(
              FailureCode.INVALID_REQUEST,
              "the request target has "
                  + (uri == null ? 0 : uri.length())
                  + " characters, expected 1 to "
                  + options.maxUri())
          .withStatus(uri == null ? 400 : 414);
    }
    return null;
  }

  private void call(String pool, HttpServerRequest request) {
    Failure refused = front.refuses(request, Role.CALL);
    if (refused == null) {
      refused = PoolPath.refuses(pool);
    }
    if (refused == null && request.version() == HttpVersion.HTTP_1_0) {
      refused =
          Failure.of(
                  FailureCode.NOT_IMPLEMENTED,
                  "HTTP/1.0 cannot tell a whole body from a broken one, expected HTTP/1.1 or 2")
              .withStatus(505);
    }
    String length = request.headers().get(Headers.CONTENT_LENGTH);
    long contentLength = Headers.parseLength(length);
    if (refused == null && length != null && contentLength < 0) {
      refused =
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "content-length is '" + Failure.shorten(length, 40) + "', expected a number");
    }
    long most = node.options().maxBody();
    if (refused == null && most > 0 && contentLength > most) {
      refused = CallExchange.tooLarge(most);
    }
    String expect = request.headers().get(Headers.EXPECT);
    if (refused == null && expect != null && !expect.equalsIgnoreCase("100-continue")) {
      refused =
          Failure.of(
                  FailureCode.INVALID_REQUEST,
                  "expect is '" + Failure.shorten(expect, 40) + "', expected 100-continue")
              .withStatus(417);
    }
    if (refused != null) {
      Answer.refuse(front, request, refused);
      return;
    }
    CallRequest what = CallHeaders.read(front, pool, request, contentLength);
    CallExchange.start(front, request, what, expect != null);
  }

  /** What the parser could not read; the connection ends with the answer. */
  private void malformed(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    Failure failure;
    if (cause instanceof TooLongHttpHeaderException) {
      failure =
          Failure.of(
              FailureCode.HEADERS_TOO_LARGE,
              "the headers are larger than http.max-header-bytes, "
                  + node.options().maxHeaderBytes()
                  + " bytes");
    } else if (cause instanceof TooLongHttpLineException
        || cause instanceof TooLongFrameException) {
      failure =
          Failure.of(
                  FailureCode.INVALID_REQUEST,
                  "the request line is longer than http.max-uri, "
                      + node.options().maxUri()
                      + " characters")
              .withStatus(414);
    } else {
      failure =
          Failure.of(
              FailureCode.INVALID_REQUEST,
              "the request head is not HTTP: " + (cause == null ? "" : cause.getMessage()));
    }
    Answer.malformed(front, request, HttpProblem.of(failure));
  }

  @Override
  public Future<?> drain() {
    Promise<Void> quiet = Promise.promise();
    front.drain(quiet::tryComplete);
    // Listeners close at once, idle connections too; busy ones are told and end with their work.
    Future<Void> closed = server.shutdown(DRAIN_HOURS, TimeUnit.HOURS);
    return Future.all(quiet.future(), closed);
  }

  @Override
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
