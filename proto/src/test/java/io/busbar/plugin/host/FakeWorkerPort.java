package io.busbar.plugin.host;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerAdapter;
import io.busbar.worker.WorkerPort;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A worker port whose dispatcher is the test. */
public final class FakeWorkerPort implements WorkerPort {
  final BlockingQueue<String> health = new LinkedBlockingQueue<>();

  private final Context lane;
  private final AtomicLong numbers = new AtomicLong();
  private final List<FakeServedCall> calls = new ArrayList<>();
  private volatile WorkerInfo info;
  private volatile Slots slots;
  private volatile WorkerAdapter adapter;
  private volatile boolean detached;
  private volatile boolean draining;

  FakeWorkerPort(Context lane) {
    this.lane = lane;
  }

  public WorkerInfo info() {
    return info;
  }

  Slots slots() {
    return slots;
  }

  boolean detached() {
    return detached;
  }

  boolean draining() {
    return draining;
  }

  /** Offers a call and has it served; fails with BUSY when no slot is free. */
  Future<FakeServedCall> call(RequestHead head) {
    Promise<FakeServedCall> served = Promise.promise();
    lane.runOnContext(
        v -> {
          if (!slots.take()) {
            served.fail(Failure.of(FailureCode.BUSY, "no slot").toException());
            return;
          }
          FakeServedCall call = new FakeServedCall(lane, slots, numbers.getAndIncrement(), head);
          calls.add(call);
          adapter.serve(call);
          served.complete(call);
        });
    return served.future();
  }

  Future<FakeServedCall> call(String... headers) {
    RequestHead.Builder head = RequestHead.newBuilder().setMethod("POST").setUri("/");
    for (int i = 0; i < headers.length; i += 2) {
      head.addHeaders(Header.newBuilder().setName(headers[i]).setValue(headers[i + 1]));
    }
    return call(head.build());
  }

  @Override
  public Attachment attach(WorkerInfo newInfo, Slots newSlots, WorkerAdapter newAdapter) {
    if (adapter != null) {
      throw Failure.of(FailureCode.CONFLICT, "attached already").toException();
    }
    info = newInfo;
    slots = newSlots;
    adapter = newAdapter;
    return new FakeAttachment();
  }

  private final class FakeAttachment implements Attachment {
    @Override
    public WorkerInfo info() {
      return info;
    }

    @Override
    public void drain() {
      draining = true;
    }

    @Override
    public void resume() {
      draining = false;
    }

    @Override
    public void unhealthy(String reason) {
      health.add(reason == null ? "well" : reason);
    }

    @Override
    public Future<Void> detach(Failure reason) {
      detached = true;
      calls.forEach(call -> call.cancel(reason));
      return Future.succeededFuture();
    }
  }
}
