package io.busbar.runner;

import io.busbar.grpc.ServerConnection;
import io.busbar.grpc.ServerRequest;
import io.busbar.http2.Http2Limits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one lane: how many, which are idle, and how they end in order. */
final class RunnerConnections implements ServerConnection.Listener {
  private static final Logger log = LoggerFactory.getLogger(RunnerConnections.class);
  private static final long PING_MILLIS = 2000;

  private final RunnerLane lane;
  private final RunnerMethods methods;
  private final Http2Limits limits;
  private final Map<ServerConnection, ConnectionSlot> slots = new IdentityHashMap<>();

  RunnerConnections(RunnerLane lane, RunnerMethods methods) {
    this.lane = lane;
    this.methods = methods;
    RunnerOptions options = lane.options;
    this.limits =
        new Http2Limits(
            options.maxStreams(),
            options.maxHeaders(),
            options.streamWindow(),
            options.connectionWindow(),
            true,
            options.maxResets(),
            options.maxIdleFrames(),
            options.resetWindowMillis());
  }

  void accepted(NetSocket socket) {
    if (!lane.node.takeConnection(lane.options.maxConnections())) {
      lane.node.countRefused();
      log.warn(
          "runner: connection from {} refused, {} are open",
          socket.remoteAddress(),
          lane.options.maxConnections());
      socket.close();
      return;
    }
    ServerConnection connection =
        ServerConnection.accept(socket, (ContextInternal) lane.lane.context(), limits, this);
    ConnectionSlot slot = new ConnectionSlot(connection, lane.lane.now());
    slots.put(connection, slot);
    slot.handshake = lane.lane.timer(lane.options.handshakeMillis(), () -> greeted(slot));
    if (lane.draining) {
      advise(slot);
    }
  }

  private void greeted(ConnectionSlot slot) {
    if (!slot.connection.greeted()) {
      slot.connection.cut("no HTTP/2 in time");
    }
  }

  @Override
  public void onRequest(ServerConnection connection, ServerRequest request) {
    methods.handle(request, slots.get(connection));
  }

  @Override
  public void onClosed(ServerConnection connection, String why) {
    ConnectionSlot slot = slots.remove(connection);
    if (slot != null) {
      slot.handshake.cancel();
      slot.leave.cancel();
      lane.node.freeConnection();
      log.debug("runner: connection from {}: {}", connection.remoteAddress(), why);
    }
  }

  int size() {
    return slots.size();
  }

  int openStreams() {
    int open = 0;
    for (ConnectionSlot slot : slots.values()) {
      open += slot.connection.openStreams();
    }
    return open;
  }

  void sweep() {
    long now = lane.lane.now();
    for (ConnectionSlot slot : new ArrayList<>(slots.values())) {
      if (slot.connection.stalled(now, lane.options.noProgressMillis())) {
        lane.node.countStalled();
        slot.connection.cut("the client takes no output");
      } else if (slot.connection.openStreams() > 0) {
        slot.idleSince = now;
      } else if (now - slot.idleSince >= lane.options.idleMillis()) {
        slot.idleSince = now;
        leave(slot);
      }
    }
  }

  /**
   * Ends all connections in two steps: an advisory GOAWAY that still lets streams in, and, once the
   * client has seen it, the final one. A stream that crosses the first is served or told 503; a
   * single GOAWAY would make it an error of the client.
   */
  Future<Void> leaveAll() {
    List<Future<Void>> left = new ArrayList<>();
    for (ConnectionSlot slot : new ArrayList<>(slots.values())) {
      left.add(leave(slot));
    }
    return Future.all(left).mapEmpty();
  }

  /** Completes when the final GOAWAY was sent. */
  private Future<Void> leave(ConnectionSlot slot) {
    return advise(slot)
        .onSuccess(
            v -> {
              if (slots.containsKey(slot.connection)) {
                slot.connection.leave();
                slot.leave.cancel();
                slot.leave =
                    lane.lane.timer(
                        lane.options.drainMillis(),
                        () -> slot.connection.cut("it was to end by now"));
              }
            });
  }

  /** Completes when the client has seen the advisory GOAWAY, or gave no sign of it in time. */
  private Future<Void> advise(ConnectionSlot slot) {
    Promise<Void> seen = Promise.promise();
    var limit = lane.lane.timer(PING_MILLIS, seen::tryComplete);
    slot.connection
        .advise()
        .onComplete(
            answered -> {
              limit.cancel();
              seen.tryComplete();
            });
    return seen.future();
  }

  void cutAll() {
    for (ConnectionSlot slot : new ArrayList<>(slots.values())) {
      slot.connection.cut("this node is stopping");
    }
  }
}
