package io.busbar.fnclient;

import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.fn.wire.RunnerStatus;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerPort.Attachment;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A runner on all lanes of the node. */
final class AttachedRunner implements RunnerHandle {
  private static final long IDLE_LOOK_MILLIS = 100;

  private final List<DialLane> lanes;
  private final RunnerTarget target;
  private final RunnerClientOptions options;
  private final Slots slots;
  private final AtomicInteger open = new AtomicInteger();
  private final List<RunnerLink> links = new ArrayList<>();
  private final List<Attachment> attachments = new ArrayList<>();
  private volatile boolean closed;

  AttachedRunner(
      List<DialLane> lanes,
      RunnerTarget target,
      RunnerClientOptions options,
      RunnerObserver observer) {
    this.lanes = lanes;
    this.target = target;
    this.options = options;
    this.slots = new Slots(options.concurrency());
    for (DialLane lane : lanes) {
      links.add(new RunnerLink(lane, target, observer, open));
    }
  }

  Future<RunnerHandle> attach() {
    WorkerInfo info = info();
    List<Future<Attachment>> attached = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      DialLane lane = lanes.get(i);
      RunnerWorker worker = new RunnerWorker(lane, links.get(i), options);
      attached.add(lane.run(() -> Future.succeededFuture(lane.port.attach(info, slots, worker))));
    }
    return Future.join(attached)
        .transform(
            all -> {
              for (Future<Attachment> one : attached) {
                attachments.add(one.result());
              }
              if (all.succeeded()) {
                return Future.succeededFuture(this);
              }
              return close().transform(done -> Future.failedFuture(all.cause()));
            });
  }

  private WorkerInfo info() {
    DialLane home = lanes.get(0);
    return WorkerInfo.newBuilder()
        .setWorkerId(workerId())
        .setHost(target.host())
        .setPort(target.port())
        .setAddress(target.address())
        .setCapacity(slots.capacity())
        .setProtocol("rpc")
        .setProtocolName("fn")
        .setEngineName("fn-runner")
        .setAdapterName("fnclient")
        .setPool(target.pool())
        .putLabels("runner", target.address())
        .setLane(home.lane.endpoint().lane())
        .setEveryLane(true)
        .setDialled(true)
        .setIncarnation(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE))
        .build();
  }

  private Future<Void> atHome(Runnable action) {
    return lanes
        .get(0)
        .run(
            () -> {
              action.run();
              return Future.succeededFuture();
            });
  }

  private Attachment home() {
    return attachments.get(0);
  }

  @Override
  public RunnerTarget target() {
    return target;
  }

  @Override
  public String workerId() {
    return target.name() + "@" + lanes.get(0).lane.node().name();
  }

  @Override
  public int running() {
    return slots.running();
  }

  @Override
  public int capacity() {
    return slots.capacity();
  }

  @Override
  public void setCapacity(int calls) {
    if (calls != slots.capacity()) {
      slots.resize(calls);
    }
  }

  @Override
  public int connections() {
    return open.get();
  }

  @Override
  public void describe(String state, String lastError) {
    slots.describe(new Slots.Description(state, lastError));
  }

  @Override
  public Future<Void> drain() {
    return atHome(() -> home().drain()).compose(v -> idle());
  }

  private Future<Void> idle() {
    Promise<Void> idle = Promise.promise();
    look(lanes.get(0).lane.context().owner(), idle);
    return idle.future();
  }

  /** A reservation whose call never comes ends without an event for this side, so look again. */
  private void look(Vertx vertx, Promise<Void> idle) {
    if (closed || slots.running() == 0) {
      idle.complete();
    } else {
      vertx.setTimer(IDLE_LOOK_MILLIS, fired -> look(vertx, idle));
    }
  }

  @Override
  public Future<Void> resume() {
    return atHome(() -> home().resume());
  }

  @Override
  public Future<Void> unhealthy(String reason) {
    return atHome(() -> home().unhealthy(reason));
  }

  @Override
  public Future<RunnerStatus> status(long timeoutMillis) {
    return lanes.get(0).run(() -> links.get(0).status(timeoutMillis));
  }

  @Override
  public Future<Void> close() {
    closed = true;
    Failure gone = Failure.of(FailureCode.WORKER_LOST, "the runner was taken out of the pool");
    List<Future<Void>> done = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      Attachment attachment = i < attachments.size() ? attachments.get(i) : null;
      RunnerLink link = links.get(i);
      done.add(
          lanes
              .get(i)
              .run(
                  () -> {
                    Future<Void> detached =
                        attachment == null ? Future.succeededFuture() : attachment.detach(gone);
                    return detached.onComplete(v -> link.close());
                  }));
    }
    return Future.join(done).mapEmpty();
  }
}
