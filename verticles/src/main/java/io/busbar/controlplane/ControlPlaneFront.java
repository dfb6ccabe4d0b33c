package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Timings;
import io.busbar.member.Members;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code messages.ControlPlane} on one lane: clear text HTTP/2 with prior knowledge, or TLS.
 * All lanes of a node listen on the same port and answer alike.
 */
public final class ControlPlaneFront implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneFront.class);

  /** All lanes share one free port under the same negative number; the value is arbitrary. */
  private static final int ANY_SHARED_PORT = -1337;

  private static final int GOODBYE_SECONDS = 2;

  private final ControlPlaneNode node;
  private final Members members;
  private final Function<Lane, Ownership> ownerships;
  private ControlPlaneMethods methods;
  private HttpServer server;

  /**
   * @param ownerships gives the lane's access to owners, asked once at the start
   */
  public ControlPlaneFront(
      ControlPlaneNode node, Members members, Function<Lane, Ownership> ownerships) {
    this.node = node;
    this.members = members;
    this.ownerships = ownerships;
  }

  /**
   * The part that one lane of the node has beside its front side, started after it: it talks to
   * foreign hosts.
   *
   * @param weight nodes of the cluster that are there, and that count
   * @param drainLimit how long a drain may take as a whole: what the goodbyes need at most is kept
   *     for them, the rest may be used to give away what this node owns
   */
  public static LaneMember desk(
      ControlPlaneNode node,
      Members members,
      Supplier<OwnWeight> weight,
      Function<Lane, Ownership> ownerships,
      Duration drainLimit) {
    Timings timings = Timings.DEFAULTS.forAuthority();
    long goodbyes = timings.closingDeadline() * timings.closingTries();
    long handover = Math.max(drainLimit.toMillis() / 2, drainLimit.toMillis() - goodbyes);
    return new Desk(node, members, weight, ownerships, timings, handover);
  }

  @Override
  public Future<?> start(Lane lane) {
    methods =
        new ControlPlaneMethods(node, lane.context().owner(), members, ownerships.apply(lane));
    GrpcServer grpc =
        GrpcServer.server(
            lane.context().owner(),
            new GrpcServerOptions().setMaxMessageSize(ControlPlaneOptions.MAX_MESSAGE));
    methods.bind(grpc);
    int port = node.options().port() == 0 ? ANY_SHARED_PORT : node.options().port();
    server =
        lane.context()
            .owner()
            .createHttpServer(node.customizer().apply(serverOptions()))
            .connectionHandler(this::opened)
            .exceptionHandler(cause -> LOG.debug("control plane: connection failed", cause))
            .requestHandler(grpc);
    return server
        .listen(port, node.options().host())
        .onSuccess(listening -> node.listening(listening.actualPort()));
  }

  private HttpServerOptions serverOptions() {
    ControlPlaneOptions options = node.options();
    return new HttpServerOptions()
        .setHost(options.host())
        .setPort(options.port())
        .setHttp2ClearTextEnabled(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2))
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(options.maxStreams())
                .setMaxHeaderListSize(options.maxHeaderBytes())
                .setPushEnabled(false))
        .setIdleTimeout((int) options.idleTimeout().toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  private void opened(HttpConnection connection) {
    if (!node.takeConnection()) {
      LOG.warn("control plane: connection from {} refused", connection.remoteAddress());
      connection.close();
      return;
    }
    connection.closeHandler(v -> node.freeConnection());
  }

  /** The port in use, once started. */
  public int port() {
    return server.actualPort();
  }

  /** The server, once started; for whoever renews its certificates. */
  public HttpServer server() {
    return server;
  }

  @Override
  public Future<?> stop() {
    if (server == null) {
      return Future.succeededFuture();
    }
    methods.endWatches();
    return server.shutdown(GOODBYE_SECONDS, TimeUnit.SECONDS);
  }
}
