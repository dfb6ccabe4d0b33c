package io.busbar.runner;

import io.busbar.grpc.Http2Wire;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections of one lane: how many, which are idle, and how they end in order. */
final class RunnerConnections {
  private static final Logger log = LoggerFactory.getLogger(RunnerConnections.class);
  private static final Buffer PING = Buffer.buffer("drainage");
  private static final long PING_MILLIS = 2000;

  private final RunnerLane lane;
  private final Map<HttpConnection, ConnectionSlot> slots = new IdentityHashMap<>();

  RunnerConnections(RunnerLane lane) {
    this.lane = lane;
  }

  void opened(HttpConnection connection) {
    if (!lane.node.takeConnection(lane.options.maxConnections())) {
      lane.node.countRefused();
      log.warn(
          "runner: connection from {} refused, {} are open",
          connection.remoteAddress(),
          lane.options.maxConnections());
      connection.close();
      return;
    }
    Http2Wire wire = Http2Wire.of(connection);
    if (wire != null) {
      wire.flushOncePerTurn().withoutSocketIdleLimit().closeAnsweredStreams();
    }
    ConnectionSlot slot = new ConnectionSlot(connection, wire, lane.lane.now());
    slots.put(connection, slot);
    connection.closeHandler(v -> closed(slot));
    connection.exceptionHandler(
        cause -> log.debug("runner: connection from {}", connection.remoteAddress(), cause));
    if (lane.draining) {
      advise(slot);
    }
  }

  /** Null when the connection was refused or is gone. */
  ConnectionSlot of(HttpConnection connection) {
    return slots.get(connection);
  }

  int size() {
    return slots.size();
  }

  int openStreams() {
    int open = 0;
    for (ConnectionSlot slot : slots.values()) {
      open += slot.wire == null ? 0 : slot.wire.openStreams();
    }
    return open;
  }

  private void closed(ConnectionSlot slot) {
    if (slots.remove(slot.connection) != null) {
      lane.node.freeConnection();
    }
  }

  void sweep() {
    long now = lane.lane.now();
    for (ConnectionSlot slot : new ArrayList<>(slots.values())) {
      if (slot.wire == null || slot.wire.openStreams() > 0) {
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
                slot.connection.goAway(0, -1);
                slot.connection.shutdown(
                    lane.options.drainMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
              }
            });
  }

  /** Completes when the client has seen the advisory GOAWAY, or gave no sign of it in time. */
  private Future<Void> advise(ConnectionSlot slot) {
    Promise<Void> seen = Promise.promise();
    if (slot.wire == null) {
      seen.complete();
      return seen.future();
    }
    var limit = lane.lane.timer(PING_MILLIS, seen::tryComplete);
    slot.connection.goAway(0, Integer.MAX_VALUE);
    slot.connection
        .ping(PING)
        .onComplete(
            answered -> {
              limit.cancel();
              seen.tryComplete();
            });
    return seen.future();
  }

  void cutAll() {
    for (ConnectionSlot slot : new ArrayList<>(slots.values())) {
      if (slot.wire != null) {
        slot.wire.cut();
      } else {
        slot.connection.close();
      }
    }
  }
}
