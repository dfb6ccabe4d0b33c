package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.edge.Headers;
import io.busbar.edge.MessageSocket;
import io.busbar.edge.Place;
import io.busbar.edge.WebSocketEndpoint;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.worker.WorkerPort;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The worker endpoint on one lane: the gates before a connection is accepted, the workers connected
 * here, and one timer that looks after the silent ones. On the lane's context.
 */
public final class WorkersLane implements LaneMember, WebSocketEndpoint {
  public static final String PATH = "/ws/v1/workers";

  private static final long LONGEST_LOOK = 10_000;
  private static final long SHORTEST_LOOK = 20;
  private static final long GOODBYE = 1_000;

  private final WorkersNode node;
  private final Lane lane;
  private final WorkerPort port;
  private final Set<WorkerSession> sessions = new LinkedHashSet<>();
  private boolean open;
  private Lane.Timer look;
  private Promise<Void> empty = Promise.promise();

  WorkersLane(WorkersNode node, Lane lane, WorkerPort port) {
    this.node = node;
    this.lane = lane;
    this.port = port;
  }

  @Override
  public Future<?> start(Lane on) {
    open = true;
    return Future.succeededFuture();
  }

  /** Workers take nothing new and are told to go when they are idle. */
  @Override
  public Future<?> drain() {
    open = false;
    List.copyOf(sessions).forEach(WorkerSession::drain);
    return whenEmpty();
  }

  @Override
  public Future<?> stop() {
    open = false;
    List.copyOf(sessions).forEach(session -> session.leave("the node stops"));
    Future<Void> gone = whenEmpty();
    Promise<Void> enough = Promise.promise();
    Lane.Timer patience = lane.timer(GOODBYE, enough::tryComplete);
    return Future.any(gone, enough.future()).onComplete(done -> patience.cancel());
  }

  private Future<Void> whenEmpty() {
    if (sessions.isEmpty()) {
      return Future.succeededFuture();
    }
    return empty.future();
  }

  // ---- the endpoint ------------------------------------------------------------------------

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public int maxMessage() {
    return node.options().maxMessage();
  }

  /** The gates in the protocol's order; what is refused here is answered with 403. */
  @Override
  public Failure refuses(HttpServerRequest request) {
    String origin = request.headers().get("origin");
    if (origin != null && !origin.isEmpty()) {
      node.meters().refused("origin");
      return Failure.of(FailureCode.FORBIDDEN, "Origin header not allowed on worker endpoint");
    }
    if (node.refuses(request.headers().get(Headers.API_KEY)) != null) {
      node.meters().refused("key");
      return Failure.of(FailureCode.UNAUTHENTICATED, "Authentication required");
    }
    String address = request.remoteAddress() == null ? "" : request.remoteAddress().hostAddress();
    if (!node.mayConnect(address)) {
      node.meters().refused("rate");
      return Failure.of(FailureCode.TOO_MANY_REQUESTS, "Rate limited");
    }
    if (!open) {
      node.meters().refused("closed");
      return Failure.of(FailureCode.UNAVAILABLE, "Worker system not initialized");
    }
    return null;
  }

  @Override
  public MessageSocket.Listener opened(MessageSocket socket, Place place) {
    WorkerSession session = new WorkerSession(this, socket);
    node.meters().connections(1);
    sessions.add(session);
    if (look == null) {
      look = lane.timer(lookMillis(), this::lookAround);
    }
    session.greet();
    return session;
  }

  private long lookMillis() {
    long shortest =
        Math.min(
            node.options().heartbeatTimeout().toMillis(),
            node.options().registrationTimeout().toMillis());
    return Math.max(SHORTEST_LOOK, Math.min(LONGEST_LOOK, shortest / 3));
  }

  private void lookAround() {
    look = null;
    long now = lane.now();
    for (WorkerSession session : new ArrayList<>(sessions)) {
      session.lookedAt(now);
    }
    if (!sessions.isEmpty()) {
      look = lane.timer(lookMillis(), this::lookAround);
    }
  }

  // ---- for its sessions --------------------------------------------------------------------

  Lane lane() {
    return lane;
  }

  WorkersNode node() {
    return node;
  }

  WorkersOptions options() {
    return node.options();
  }

  WorkerPort port() {
    return port;
  }

  void ended(WorkerSession session) {
    if (sessions.remove(session)) {
      node.meters().connections(-1);
    }
    if (sessions.isEmpty()) {
      if (look != null) {
        look.cancel();
        look = null;
      }
      Promise<Void> told = empty;
      empty = Promise.promise();
      told.complete();
    }
  }
}
