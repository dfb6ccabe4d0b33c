package io.busbar.gateway.management;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.security.Access;
import io.busbar.security.Role;
import io.busbar.security.TlsPort;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /healthy /ready /metrics /info} and a page at {@code /} over HTTP. The first two and the
 * page, which shows nothing without the others, are open to everybody who reaches the port; the
 * others need the role {@code operate} where keys are configured.
 */
public final class ManagementServer {
  private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
  private static final String BEARER = "Bearer ";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final ManagementOptions options;
  private final TlsPort tls;
  private final NodeFacts facts;
  private final Access access;
  private final AdminPage page = new AdminPage();
  private final AtomicInteger connections = new AtomicInteger();
  private HttpServer server;

  /**
   * @param tls null = clear text
   */
  public ManagementServer(
      Vertx vertx, ManagementOptions options, TlsPort tls, NodeFacts facts, Access access) {
    this.vertx = vertx;
    this.options = options;
    this.tls = tls;
    this.facts = facts;
    this.access = access;
  }

  /** Opens the port; the result is its number. Called once, on the context that is to serve it. */
  public Future<Integer> start() {
    HttpServerOptions http =
        new HttpServerOptions()
            .setHost(options.host())
            .setPort(options.port())
            .setMaxHeaderSize(options.maxHeader())
            .setMaxInitialLineLength(Math.min(4096, options.maxHeader()))
            .setIdleTimeout((int) options.idle().toMillis())
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    server =
        vertx
            .createHttpServer(tls == null ? http : tls.applyTo(http))
            .connectionHandler(this::connected)
            .invalidRequestHandler(HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER)
            .requestHandler(this::serve);
    return server
        .listen()
        .map(
            listening -> {
              if (tls != null) {
                tls.follow(listening);
              }
              return listening.actualPort();
            });
  }

  public Future<Void> stop() {
    if (server == null) {
      return Future.succeededFuture();
    }
    if (tls != null) {
      tls.forget(server);
    }
    return server.close();
  }

  private void connected(HttpConnection connection) {
    connection.closeHandler(closed -> connections.decrementAndGet());
    if (connections.incrementAndGet() > options.maxConnections()) {
      connection.close().onFailure(e -> LOG.debug("close of a surplus connection failed", e));
    }
  }

  private void serve(HttpServerRequest request) {
    request.response().exceptionHandler(gone -> LOG.debug("management client went", gone));
    limitBody(request);
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
      problem(
          request,
          Failure.of(
              FailureCode.METHOD_NOT_ALLOWED,
              "method " + Failure.shorten(request.method().name(), 20) + ", expected GET"));
      return;
    }
    String path = request.path() == null ? "" : request.path();
    if (page.has(path)) {
      page.protect(request.response());
      answer(request, 200, page.type(path), page.body(path));
      return;
    }
    switch (path) {
      case "/healthy" -> healthy(request);
      case "/ready" -> ready(request);
      case "/metrics" -> guarded(request, () -> metrics(request));
      case "/info" -> guarded(request, () -> json(request, 200, facts.info()));
      default ->
          problem(
              request,
              Failure.of(FailureCode.NOT_FOUND, "expected /, /healthy, /ready, /metrics or /info"));
    }
  }

  /** Nothing here takes a body: a small one is dropped, a large one ends its connection. */
  private void limitBody(HttpServerRequest request) {
    long[] read = new long[1];
    request.handler(
        data -> {
          read[0] += data.length();
          if (options.maxBody() > 0 && read[0] > options.maxBody()) {
            request.handler(dropped -> {});
            request
                .connection()
                .close()
                .onFailure(e -> LOG.debug("close after too large a body failed", e));
          }
        });
  }

  private void guarded(HttpServerRequest request, Runnable action) {
    String given = request.getHeader(HttpHeaders.AUTHORIZATION);
    boolean bearer = given != null && given.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String key = bearer ? given.substring(BEARER.length()).trim() : request.getHeader("X-API-Key");
    Failure refusal = access.check(key, Role.OPERATE);
    if (refusal == null) {
      action.run();
    } else {
      problem(request, refusal);
    }
  }

  private void healthy(HttpServerRequest request) {
    facts
        .stuckLanes()
        .onSuccess(
            stuck ->
                json(
                    request,
                    stuck.isEmpty() ? 200 : 503,
                    new JsonObject()
                        .put("healthy", stuck.isEmpty())
                        .put("stuck_lanes", new JsonArray(stuck))))
        .onFailure(e -> problem(request, Failure.of(e)));
  }

  private void ready(HttpServerRequest request) {
    List<String> reasons = facts.notReady();
    json(
        request,
        reasons.isEmpty() ? 200 : 503,
        new JsonObject().put("ready", reasons.isEmpty()).put("reasons", new JsonArray(reasons)));
  }

  private void metrics(HttpServerRequest request) {
    vertx
        .executeBlocking(facts::metrics, false)
        .onSuccess(text -> answer(request, 200, PROMETHEUS, text))
        .onFailure(e -> problem(request, Failure.of(e)));
  }

  private static void problem(HttpServerRequest request, Failure failure) {
    int status = failure.httpStatus();
    String body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", failure.code().wireName().replace('_', ' '))
            .put("status", status)
            .put("detail", failure.detail())
            .put("code", failure.code().wireName())
            .put("retryable", failure.retrySafe())
            .encode();
    answer(request, status, "application/problem+json", body);
  }

  private static void json(HttpServerRequest request, int status, JsonObject body) {
    answer(request, status, "application/json", body.encodePrettily() + "\n");
  }

  private static void answer(HttpServerRequest request, int status, String type, String body) {
    answer(request, status, type, Buffer.buffer(body));
  }

  private static void answer(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(body)
        .onFailure(gone -> LOG.debug("management client went", gone));
  }
}
