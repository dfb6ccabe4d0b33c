package io.busbar.gateway.bench;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerAdapter;
import io.busbar.worker.WorkerPort;
import io.vertx.core.Future;

/** Keeps the one worker of a loop, for calls that reach it without a bus. */
final class DirectPort implements WorkerPort {
  private WorkerAdapter adapter;

  WorkerAdapter adapter() {
    return adapter;
  }

  @Override
  public Attachment attach(WorkerInfo info, Slots slots, WorkerAdapter worker) {
    adapter = worker;
    return new Attached(info);
  }

  /** The server lives as long as its process: nothing is drained or detached. */
  private record Attached(WorkerInfo info) implements Attachment {
    @Override
    public void drain() {}

    @Override
    public void resume() {}

    @Override
    public void unhealthy(String reason) {}

    @Override
    public Future<Void> detach(Failure reason) {
      return Future.succeededFuture();
    }
  }
}
