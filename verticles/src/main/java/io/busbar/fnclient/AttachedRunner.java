package io.busbar.fnclient;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import java.util.List;

final class AttachedRunner {
  AttachedRunner(
      List<WorkerLane> lanes,
      RunnerTarget target,
      RunnerClientOptions options,
      RunnerObserver observer) {}

  Future<RunnerHandle> attach() {
    return Future.failedFuture(
        Failure.of(FailureCode.NOT_IMPLEMENTED, "runners are not dialled yet").toException());
  }
}
