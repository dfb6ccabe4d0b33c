package io.busbar.runner;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.grpc.Http2Wire;
import io.vertx.core.http.HttpConnection;

/** One connection of a lane. */
final class ConnectionSlot {
  final HttpConnection connection;
  final Http2Wire wire;
  int openCalls;
  long idleSince;

  ConnectionSlot(HttpConnection connection, Http2Wire wire, long now) {
    this.connection = connection;
    this.wire = wire;
    this.idleSince = now;
  }

  /** Counts one more open call; null, or why it is refused. */
  Failure takeCall(RunnerLane lane) {
    if (openCalls >= lane.options.maxCallsPerConnection()) {
      return Failure.of(
          FailureCode.BUSY,
          "this connection has " + openCalls + " open calls, the most it may have");
    }
    if (lane.openCalls >= lane.options.maxCalls()) {
      return Failure.of(
          FailureCode.BUSY,
          "this lane has " + lane.openCalls + " open calls, the most it may have");
    }
    openCalls++;
    lane.openCalls++;
    return null;
  }

  void freeCall(RunnerLane lane) {
    openCalls--;
    lane.openCalls--;
  }
}
