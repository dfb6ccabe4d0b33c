package io.busbar.runner;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.call.Calls;
import io.busbar.call.WorkerRef;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.busbar.security.Access;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves Fn's RunnerProtocol on one lane: clear text HTTP/2 with prior knowledge, or TLS with ALPN.
 * The lanes of a node listen on the same address; each connection stays on one lane.
 */
public final class RunnerFront implements LaneMember {
  private static final Logger log = LoggerFactory.getLogger(RunnerFront.class);
  private static final long SWEEP_MILLIS = 250;
  private static final List<String> H2 = List.of("h2");

  /** All lanes share one free port under the same negative number; the value is arbitrary. */
  private static final int ANY_SHARED_PORT = -9190;

  private final RunnerOptions options;
  private final Routes routes;
  private final Function<String, PoolAffinity> affinity;
  private final Function<String, List<WorkerRef>> workers;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final Access access;
  private final Calls calls;
  private final RunnerNode node;
  private RunnerLane lane;
  private RunnerConnections connections;
  private NetServer server;
  private Lane.Timer sweep = () -> {};
  private boolean stopped;
  private long sweeps;

  /**
   * @param options address and limits
   * @param routes which pool a call goes to
   * @param affinity of a pool, by name; must know every name
   * @param workers who takes calls in a pool, by the pool's name
   * @param customizer adds TLS and other transport options; gets and returns the server's options
   * @param access checks the key a client presents
   * @param calls of the lane this front side is started on
   * @param node shared by the front sides of all lanes of the node
   */
  public RunnerFront(
      RunnerOptions options,
      Routes routes,
      Function<String, PoolAffinity> affinity,
      Function<String, List<WorkerRef>> workers,
      UnaryOperator<HttpServerOptions> customizer,
      Access access,
      Calls calls,
      RunnerNode node) {
    this.options = options;
    this.routes = routes;
    this.affinity = affinity;
    this.workers = workers;
    this.customizer = customizer;
    this.access = access;
    this.calls = calls;
    this.node = node;
  }

  @Override
  public Future<Void> start(Lane onLane) {
    lane = new RunnerLane(onLane, options, routes, affinity, workers, calls, node);
    connections = new RunnerConnections(lane, new RunnerMethods(lane, access));
    Vertx vertx = onLane.context().owner();
    NetServerOptions net = serverOptions();
    int port = options.port() == 0 ? ANY_SHARED_PORT : options.port();
    return listen(vertx, net, port).onSuccess(v -> sweepLater());
  }

  /** The port listened on; valid once started. */
  public int port() {
    return server.actualPort();
  }

  /** Takes new certificates for connections to come. */
  public Future<Boolean> updateTls(ServerSSLOptions tls) {
    return server.updateSSLOptions(onlyH2(tls), true);
  }

  private static ServerSSLOptions onlyH2(ServerSSLOptions tls) {
    return tls.copy().setUseAlpn(true).setApplicationLayerProtocols(H2);
  }

  /** Bytes held by this lane in messages that have not arrived in full. */
  public long partialBytes() {
    return lane.budget.used();
  }

  /** Calls open on this lane. */
  public int openCalls() {
    return lane.openCalls;
  }

  int openStreams() {
    return lane.open();
  }

  /** How often stalled clients were looked for. */
  long sweeps() {
    return sweeps;
  }

  int http2Streams() {
    return connections.openStreams();
  }

  private NetServerOptions serverOptions() {
    HttpServerOptions custom =
        customizer.apply(new HttpServerOptions().setHost(options.host()).setPort(options.port()));
    NetServerOptions net =
        new NetServerOptions(custom)
            .setTcpNoDelay(true)
            .setSslHandshakeTimeout(options.handshakeMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    if (net.isSsl()) {
      net.setUseAlpn(true);
      net.getSslOptions().setApplicationLayerProtocols(H2);
    }
    return net;
  }

  private Future<Void> listen(Vertx vertx, NetServerOptions net, int port) {
    server =
        vertx
            .createNetServer(net)
            .connectHandler(connections::accepted)
            .exceptionHandler(cause -> log.debug("runner: connection failed", cause));
    return server.listen(port, options.host()).mapEmpty();
  }

  private void sweepLater() {
    if (stopped) {
      return;
    }
    sweep =
        lane.lane.timer(
            SWEEP_MILLIS,
            () -> {
              lane.sweep();
              connections.sweep();
              sweeps++;
              sweepLater();
            });
  }

  /**
   * Two-step GOAWAY to every client; calls that still come are answered with a 503 finish.
   * Completes when the last stream has ended and the connections are closed.
   */
  @Override
  public Future<Void> drain() {
    lane.draining = true;
    Promise<Void> empty = Promise.promise();
    return connections
        .leaveAll()
        .compose(
            v -> {
              lane.whenEmpty(empty::tryComplete);
              Future<Void> closed = server.shutdown(options.drainMillis(), TimeUnit.MILLISECONDS);
              return Future.all(closed, empty.future()).mapEmpty();
            });
  }

  /** Ends what is still open, telling the clients, and closes. */
  @Override
  public Future<Void> stop() {
    if (stopped || lane == null) {
      return Future.succeededFuture();
    }
    stopped = true;
    sweep.cancel();
    lane.draining = true;
    lane.stop();
    Promise<Void> flushed = Promise.promise();
    // What was just written leaves at the end of this turn.
    lane.lane.timer(1, flushed::complete);
    return flushed
        .future()
        .compose(
            v -> {
              connections.cutAll();
              return server == null ? Future.succeededFuture() : server.close();
            });
  }
}
