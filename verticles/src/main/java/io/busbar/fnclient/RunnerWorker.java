package io.busbar.fnclient;

import io.busbar.failure.Failure;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.ServedCall;
import io.busbar.worker.WorkerAdapter;

/** One runner as the worker side of one lane. A runner may say "too busy" until it answers. */
final class RunnerWorker implements WorkerAdapter {
  private final DialLane lane;
  private final RunnerLink link;
  private final RunnerClientOptions options;
  private final CallDescription description;

  RunnerWorker(DialLane lane, RunnerLink link, RunnerClientOptions options) {
    this.lane = lane;
    this.link = link;
    this.options = options;
    this.description = new CallDescription(options.function());
  }

  @Override
  public Failure refuses(OfferedCall offer) {
    return link.refuses();
  }

  @Override
  public boolean mayRejectLate() {
    return true;
  }

  @Override
  public long headroomMillis() {
    return options.headroomMillis();
  }

  @Override
  public void serve(ServedCall call) {
    new Engagement(lane, link, description, call).begin();
  }
}
