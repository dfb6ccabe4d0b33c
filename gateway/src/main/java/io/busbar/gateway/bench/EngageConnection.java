package io.busbar.gateway.bench;

import com.google.protobuf.ByteString;
import io.busbar.grpc.Http2Wire;
import io.busbar.grpc.MessageBudget;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/** One HTTP/2 connection to a runner port, on an event-loop context of its own. */
final class EngageConnection {
  private static final int STREAM_WINDOW = 1 << 20;
  private static final int CONNECTION_WINDOW = 16 << 20;

  private final Context context;
  private final HttpClientConnection connection;
  private final CallStyle style;
  private final MessageBudget budget = new MessageBudget(64L << 20);
  private final RequestOptions engage =
      new RequestOptions()
          .setMethod(HttpMethod.POST)
          .setURI("/RunnerProtocol/Engage")
          .addHeader(HttpHeaders.CONTENT_TYPE, "application/grpc")
          .addHeader(HttpHeaders.createOptimized("te"), "trailers");

  /** Held only so that it lives: Vert.x closes a client, and its connections, that nobody holds. */
  private final HttpClientAgent client;

  private EngageConnection(
      HttpClientAgent client, Context context, HttpClientConnection connection, CallStyle style) {
    this.client = client;
    this.style = style;
    this.context = context;
    this.connection = connection;
  }

  /** Opens so many connections, each on a context of its own. */
  static Future<List<EngageConnection>> open(Vertx vertx, String host, int port, int count) {
    return open(vertx, host, port, count, CallStyle.HALF_CLOSE);
  }

  /** The same with calls of that style. */
  static Future<List<EngageConnection>> open(
      Vertx vertx, String host, int port, int count, CallStyle style) {
    HttpClientAgent client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false)
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW)
                .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW)));
    List<Future<EngageConnection>> opened = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      opened.add(open(client, ((VertxInternal) vertx).createEventLoopContext(), host, port, style));
    }
    return Future.all(opened).map(all -> opened.stream().map(Future::result).toList());
  }

  private static Future<EngageConnection> open(
      HttpClientAgent client, Context context, String host, int port, CallStyle style) {
    Promise<EngageConnection> opened = Promise.promise();
    HttpConnectOptions to =
        new HttpConnectOptions()
            .setServer(SocketAddress.inetSocketAddress(port, host))
            .setHost(host)
            .setPort(port);
    context.runOnContext(
        v -> client.connect(to).map(c -> ready(client, context, c, style)).onComplete(opened));
    return opened.future();
  }

  private static EngageConnection ready(
      HttpClientAgent client, Context context, HttpClientConnection connection, CallStyle style) {
    Http2Wire wire = Http2Wire.of(connection);
    if (wire != null && style == CallStyle.HALF_CLOSE) {
      wire.flushOncePerTurn();
    }
    return new EngageConnection(client, context, connection, style);
  }

  Context context() {
    return context;
  }

  /**
   * Starts one call. On this connection's context.
   *
   * @param request whole, as framed messages
   * @param answer the body that is expected
   */
  void call(Buffer request, ByteString answer, EngageExchange.Listener listener) {
    EngageExchange exchange = new EngageExchange(answer, budget, listener);
    connection
        .request(engage)
        .onSuccess(opened -> exchange.run(opened, request))
        .onFailure(cause -> listener.ended(String.valueOf(cause.getMessage())));
  }

  /** Starts one call in the style of this connection. On its context. */
  void call(EngageBytes bytes, EngageExchange.Listener listener) {
    if (style == CallStyle.HALF_CLOSE) {
      call(bytes.request(), bytes.body(), listener);
      return;
    }
    EngageExchange exchange = new EngageExchange(bytes.body(), budget, listener);
    connection
        .request(engage)
        .onSuccess(opened -> exchange.runAsFn(opened, bytes.messages()))
        .onFailure(cause -> listener.ended(String.valueOf(cause.getMessage())));
  }

  Future<Void> close() {
    return connection.close().eventually(client::close);
  }
}
