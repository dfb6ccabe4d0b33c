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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
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

  private static final int ANY_SHARED_TLS_PORT = -1437;

  private static final int GOODBYE_SECONDS = 2;

  private final ControlPlaneNode node;
  private final Members members;
  private final Function<Lane, Ownership> ownerships;
  private ControlPlaneMethods methods;
  private HttpServer server;
  private HttpServer tlsServer;

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
    Timings timings = Timings.DEFAULTS.forAuthority(node.options().rules().fencedExit().toMillis());
    long goodbyes = timings.closingDeadline() * timings.closingTries();
    long handover = Math.max(drainLimit.toMillis() / 2, drainLimit.toMillis() - goodbyes);
    return new Desk(node, members, weight, ownerships, timings, handover, HostResolver::system);
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
    ControlPlaneOptions options = node.options();
    List<Future<?>> ports = new ArrayList<>();
    if (options.tls() != TlsMode.REQUIRED) {
      server = server(lane, grpc, options.tls() == TlsMode.OFF ? node.customizer() : http -> http);
      ports.add(
          server
              .listen(options.port() == 0 ? ANY_SHARED_PORT : options.port(), options.host())
              .onSuccess(listening -> node.listening(listening.actualPort())));
    } else {
      node.listening(options.port());
    }
    if (options.tls() != TlsMode.OFF) {
      tlsServer = server(lane, grpc, node.customizer());
      ports.add(
          tlsServer
              .listen(
                  options.tlsPort() == 0 ? ANY_SHARED_TLS_PORT : options.tlsPort(), options.host())
              .onSuccess(listening -> node.tlsListening(listening.actualPort())));
    }
    return Future.all(ports);
  }

  private HttpServer server(
      Lane lane, GrpcServer grpc, UnaryOperator<HttpServerOptions> customizer) {
    return lane.context()
        .owner()
        .createHttpServer(customizer.apply(serverOptions()))
        .connectionHandler(this::opened)
        .exceptionHandler(cause -> LOG.debug("control plane: connection failed", cause))
        .requestHandler(grpc);
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
    node.meters().connected(connection.isSsl());
    connection.closeHandler(v -> node.freeConnection());
  }

  /** The port in use, once started; that for TLS where nothing else is spoken. */
  public int port() {
    return (server == null ? tlsServer : server).actualPort();
  }

  /** The server with certificates, once started; for whoever renews them. */
  public HttpServer server() {
    return tlsServer == null ? server : tlsServer;
  }

  @Override
  public Future<?> stop() {
    if (methods == null) {
      return Future.succeededFuture();
    }
    methods.endWatches();
    List<Future<?>> closed = new ArrayList<>();
    for (HttpServer one : new HttpServer[] {server, tlsServer}) {
      if (one != null) {
        closed.add(one.shutdown(GOODBYE_SECONDS, TimeUnit.SECONDS));
      }
    }
    return Future.join(closed);
  }
}
