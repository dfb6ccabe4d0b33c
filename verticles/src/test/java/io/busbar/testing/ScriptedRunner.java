package io.busbar.testing;

import com.google.protobuf.MessageLite;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.grpc.Http2Wire;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A runner over a plain HTTP/2 server that does with each Engage what its script says, also what no
 * honest runner would do. Scripts run on the connection's event loop.
 */
public final class ScriptedRunner implements AutoCloseable {
  private static final int MANY = 100_000;

  private final Vertx vertx;
  private final UnaryOperator<HttpServerOptions> change;
  private final List<RunnerCall> calls = new CopyOnWriteArrayList<>();
  private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Consumer<RunnerCall> script;
  private volatile Consumer<HttpServerRequest> statusScript =
      request -> answer(request, RunnerStatus.newBuilder().setActive(open()).build());
  private volatile boolean forgetful;
  private HttpServer server;
  private int port;

  private ScriptedRunner(
      Vertx vertx, Consumer<RunnerCall> script, UnaryOperator<HttpServerOptions> change) {
    this.vertx = vertx;
    this.script = script;
    this.change = change;
  }

  public static ScriptedRunner start(Vertx vertx, Consumer<RunnerCall> script) {
    return start(vertx, script, options -> options);
  }

  /**
   * @param change of the server's options; gets settings with a very large stream limit
   */
  public static ScriptedRunner start(
      Vertx vertx, Consumer<RunnerCall> script, UnaryOperator<HttpServerOptions> change) {
    ScriptedRunner runner = new ScriptedRunner(vertx, script, change);
    runner.listen();
    return runner;
  }

  private void listen() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(true)
            .setHttp2RstFloodMaxRstFramePerWindow(MANY)
            .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(Integer.MAX_VALUE));
    server =
        vertx
            .createHttpServer(change.apply(options))
            .connectionHandler(this::connected)
            .requestHandler(this::request);
    port = await(server.listen(port, "127.0.0.1")).actualPort();
  }

  private void connected(HttpConnection connection) {
    accepted.incrementAndGet();
    connections.add(connection);
    connection.closeHandler(v -> connections.remove(connection));
  }

  private void request(HttpServerRequest request) {
    if (request.path().equals("/RunnerProtocol/Status")) {
      statusScript.accept(request);
    } else {
      RunnerCall call = new RunnerCall(this, request, script);
      calls.add(call);
      if (forgetful) {
        call.closed().onComplete(ended -> calls.remove(call));
      }
      if (connections.contains(request.connection())) {
        call.start();
      } else {
        // Read together with what made a script cut the connection.
        call.gone();
      }
    }
  }

  /** Ends a unary call with OK after the message. */
  public static void answer(HttpServerRequest request, MessageLite message) {
    request.response().putHeader("content-type", "application/grpc");
    request.response().putTrailer("grpc-status", "0");
    request.response().setChunked(true).end(RunnerCall.framed(message.toByteArray()));
  }

  public String host() {
    return "127.0.0.1";
  }

  public int port() {
    return port;
  }

  /** What calls from now on meet. */
  public void script(Consumer<RunnerCall> next) {
    script = next;
  }

  /** Calls that come from now on are not kept once they ended, bodies and all. */
  public void forgetEnded() {
    forgetful = true;
  }

  /** What Status meets. */
  public void status(Consumer<HttpServerRequest> next) {
    statusScript = next;
  }

  /** All Engages that came and are kept, in the order of their coming. */
  public List<RunnerCall> calls() {
    return calls;
  }

  /** Engages without an end. */
  public int open() {
    return (int) calls.stream().filter(call -> !call.closed().isComplete()).count();
  }

  /** Connections that were ever made. */
  public int accepted() {
    return accepted.get();
  }

  /** Connections open now. */
  public int connections() {
    return connections.size();
  }

  /** Sends a GOAWAY on each connection; streams above the last id are not processed. */
  public void goAway(int lastStreamId) {
    connections.forEach(connection -> connection.goAway(0, lastStreamId));
  }

  /** Dies without a word: no listener, no connection. */
  public void kill() {
    connections.forEach(this::cut);
    await(server.close());
  }

  void cut(HttpConnection connection) {
    Http2Wire wire = Http2Wire.of(connection);
    if (wire != null) {
      wire.cut();
    }
    connections.remove(connection);
    calls.stream()
        .filter(call -> call.request().connection() == connection)
        .forEach(RunnerCall::gone);
  }

  /** Listens on the same port again. */
  public void restart() {
    listen();
  }

  @Override
  public void close() {
    await(server.close());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("scripted runner", e);
    }
  }
}
