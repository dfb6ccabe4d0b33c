package io.busbar.websocket.control;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.command.Commands;
import io.busbar.edge.MessageSocket;
import io.busbar.edge.Place;
import io.busbar.edge.WebSocketEndpoint;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.websocket.SessionTick;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** The control endpoint on one lane, with one timer for all its clients. On the lane's context. */
public final class ControlLane implements LaneMember, WebSocketEndpoint {
  public static final String PATH = "/ws/control";

  private static final long GOODBYE = 1_000;

  private final ControlNode node;
  private final Lane lane;
  private final Commands commands;
  private final Set<ControlSession> sessions = new LinkedHashSet<>();
  private final SessionTick<ControlSession> tick;
  private boolean open;
  private Promise<Void> empty = Promise.promise();

  ControlLane(ControlNode node, Lane lane, Commands commands) {
    this.node = node;
    this.lane = lane;
    this.commands = commands;
    this.tick = new SessionTick<>(lane, sessions, shortest(), ControlSession::look);
  }

  private long shortest() {
    ControlOptions.Times times = node.options().times();
    long shortest = times.pong().toMillis();
    shortest = times.heartbeat().isZero() ? shortest : Math.min(shortest, millis(times));
    return times.idle().isZero() ? shortest : Math.min(shortest, times.idle().toMillis());
  }

  private static long millis(ControlOptions.Times times) {
    return times.heartbeat().toMillis();
  }

  @Override
  public Future<?> start(Lane on) {
    open = true;
    return Future.succeededFuture();
  }

  /** Clients are told to come back elsewhere. */
  @Override
  public Future<?> drain() {
    return leave();
  }

  @Override
  public Future<?> stop() {
    return leave().onComplete(done -> tick.stop());
  }

  private Future<Void> leave() {
    open = false;
    new ArrayList<>(sessions).forEach(ControlSession::restart);
    if (sessions.isEmpty()) {
      return Future.succeededFuture();
    }
    Promise<Void> enough = Promise.promise();
    Lane.Timer patience = lane.timer(GOODBYE, enough::tryComplete);
    return Future.any(empty.future(), enough.future())
        .onComplete(done -> patience.cancel())
        .mapEmpty();
  }

  // ---- the endpoint ----

  @Override
  public String path() {
    return PATH;
  }

  @Override
  public int maxMessage() {
    return node.options().sizes().message();
  }

  @Override
  public Failure refuses(HttpServerRequest request) {
    if (!open) {
      node.meters().refused("closed");
      return Failure.of(FailureCode.UNAVAILABLE, "Control endpoint not available");
    }
    return node.refuses(request);
  }

  @Override
  public Place enters(HttpServerRequest request) {
    return node.enter(request);
  }

  @Override
  public MessageSocket.Listener opened(MessageSocket socket, Place place) {
    ControlSession session = new ControlSession(this, socket);
    sessions.add(session);
    tick.arm();
    session.greet();
    return session;
  }

  // ---- for its sessions ----

  Lane lane() {
    return lane;
  }

  Commands commands() {
    return commands;
  }

  ControlOptions options() {
    return node.options();
  }

  ControlMeters meters() {
    return node.meters();
  }

  void ended(ControlSession session) {
    sessions.remove(session);
    if (sessions.isEmpty()) {
      tick.stop();
      Promise<Void> told = empty;
      empty = Promise.promise();
      told.complete();
    }
  }
}
