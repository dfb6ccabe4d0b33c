package io.busbar.runner;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.grpc.ServerConnection;

/** One connection of a lane. */
final class ConnectionSlot {
  final ServerConnection connection;
  Lane.Timer handshake = () -> {};
  Lane.Timer leave = () -> {};
  int openCalls;

  /** Of the last Engage whose headers were in order; clients send the same ones again and again. */
  EngageHead lastHead;

  long idleSince;

  ConnectionSlot(ServerConnection connection, long now) {
    this.connection = connection;
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
