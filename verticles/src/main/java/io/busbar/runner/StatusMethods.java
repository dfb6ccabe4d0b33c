package io.busbar.runner;

import com.google.protobuf.Struct;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Service;
import io.busbar.failure.Failure;
import io.busbar.fn.wire.RunnerStatus;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * Status and Status2. The live numbers are the node's own; the answer of the status call, if there
 * is one, comes from lane 0 of the node, which makes it once for all lanes. Status asks the same
 * question as a Status2 with an empty Struct.
 */
final class StatusMethods {
  static final Service<Struct, RunnerStatus> SERVICE =
      Service.of("runner.status", Struct.parser(), RunnerStatus.parser());

  private static final long GRACE_MILLIS = 1000;

  private final RunnerLane lane;
  private final Endpoint desk;
  private final Duration bound;

  StatusMethods(RunnerLane lane) {
    this.lane = lane;
    this.desk = new Endpoint(lane.lane.endpoint().node(), 0);
    this.bound = Duration.ofMillis(lane.options.status().boundMillis() + GRACE_MILLIS);
    if (lane.lane.endpoint().lane() == 0 && !lane.options.status().pool().isEmpty()) {
      lane.lane.serve(SERVICE, new StatusDesk(lane.lane, lane.calls, lane.options.status())::ask);
    }
  }

  Future<RunnerStatus> answer(Struct input) {
    if (lane.options.status().pool().isEmpty()) {
      return Future.succeededFuture(live(RunnerStatus.getDefaultInstance()));
    }
    return lane.lane
        .ask(desk, SERVICE, input, bound)
        .otherwise(cause -> failed(Failure.of(cause)))
        .map(this::live);
  }

  private static RunnerStatus failed(Failure failure) {
    return RunnerStatus.newBuilder()
        .setFailed(true)
        .setErrorCode(failure.httpStatus())
        .setErrorStr(FinishedTable.text(failure))
        .build();
  }

  private RunnerStatus live(RunnerStatus status) {
    return status.toBuilder()
        .setActive(lane.node.active())
        .setRequestsReceived(lane.node.received())
        .setRequestsHandled(lane.node.handled())
        .build();
  }
}
