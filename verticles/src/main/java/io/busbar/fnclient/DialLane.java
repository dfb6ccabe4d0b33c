package io.busbar.fnclient;

import io.busbar.bus.Deadlines;
import io.busbar.bus.Lane;
import io.busbar.grpc.Dialer;
import io.busbar.worker.WorkerPort;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/** One lane with what its runners share: the dialler and the limits. */
final class DialLane {
  final Lane lane;
  final WorkerPort port;
  final LinkOptions options;
  final Dialer dialer;
  final ConnectionRoom room;
  private Deadlines deadlines;

  /**
   * @param room for the connections of all lanes
   */
  DialLane(WorkerLane lane, LinkOptions options, ConnectionRoom room) {
    this.lane = lane.lane();
    this.port = lane.port();
    this.options = options;
    this.room = room;
    this.dialer = new Dialer(this.lane.context(), options.settings());
  }

  /** On the lane only. */
  Deadlines deadlines() {
    if (deadlines == null) {
      deadlines = new Deadlines(lane);
    }
    return deadlines;
  }

  /** Runs on the lane; what is thrown fails the future. */
  <T> Future<T> run(Supplier<Future<T>> action) {
    Promise<T> done = Promise.promise();
    lane.context()
        .runOnContext(
            v -> {
              try {
                action.get().onComplete(done);
              } catch (RuntimeException e) {
                done.fail(e);
              }
            });
    return done.future();
  }

  Future<Void> close() {
    return dialer.close();
  }
}
