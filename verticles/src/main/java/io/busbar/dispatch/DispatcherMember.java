package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.Item.BodyCase;
import io.busbar.call.CallServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.metrics.CallMeters;
import io.busbar.registry.WorkerView;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * The dispatcher of one lane: takes calls of callers on this lane, and of callers on nodes without
 * a front side; keeps the queues of the pools whose home this lane is; answers {@link
 * CallServices#QUERY}.
 */
public final class DispatcherMember implements LaneMember {
  private final WorkerView view;
  private final PoolCatalog catalog;
  private final DispatchOptions options;
  private final CallMeters meters;
  private final BooleanSupplier memorySpent;
  private final RandomGenerator random;
  private final Promise<Void> drained = Promise.promise();

  private Lane lane;
  private CallLedger ledger;
  private CallAdmission admission;
  private QueueHome queues;
  private Dispatcher dispatcher;

  /**
   * @param view the node's view of workers
   * @param catalog the node's configured pools
   * @param meters the node's
   * @param memorySpent whether the node has no memory left for rewinds: new calls get none
   */
  public DispatcherMember(
      WorkerView view,
      PoolCatalog catalog,
      DispatchOptions options,
      CallMeters meters,
      BooleanSupplier memorySpent) {
    this(view, catalog, options, meters, memorySpent, new SplittableRandom());
  }

  DispatcherMember(
      WorkerView view,
      PoolCatalog catalog,
      DispatchOptions options,
      CallMeters meters,
      BooleanSupplier memorySpent,
      RandomGenerator random) {
    this.view = view;
    this.catalog = catalog;
    this.options = options;
    this.meters = meters;
    this.memorySpent = memorySpent;
    this.random = random;
  }

  @Override
  public Future<?> start(Lane on) {
    lane = on;
    ledger = new CallLedger(lane.node(), lane.endpoint().lane(), options);
    admission = new CallAdmission(lane, view, catalog, ledger, meters, options.active());
    WorkerChoice choice = new WorkerChoice(random);
    CallEnds ends = new CallEnds(lane, options.lanes(), ledger, meters, this::idle);
    queues = new QueueHome(lane, view, catalog, choice);
    Placement placement = new Placement(lane, view, choice, ends, random, memorySpent);
    dispatcher = new Dispatcher(lane, view, admission, ledger, ends, placement);
    lane.handle(BodyCase.SUBMIT, (from, item) -> dispatcher.submit(from, item.getSubmit()));
    lane.handle(
        BodyCase.ATTEMPT_FAILED,
        (from, item) -> dispatcher.attemptFailed(from, item.getAttemptFailed()));
    lane.handle(BodyCase.DONE, (from, item) -> dispatcher.done(item.getDone()));
    lane.handle(BodyCase.ACCEPT, (from, item) -> dispatcher.accept(from, item.getAccept()));
    lane.handle(BodyCase.REJECT, (from, item) -> dispatcher.reject(item.getReject()));
    lane.handle(BodyCase.TURN, (from, item) -> dispatcher.turn(item.getTurn()));
    lane.handle(BodyCase.ENQUEUE, (from, item) -> queues.enqueue(from, item.getEnqueue()));
    lane.handle(BodyCase.DEQUEUE, (from, item) -> queues.dequeue(item.getDequeue()));
    lane.handle(BodyCase.SLOT_FREE, (from, item) -> queues.slotFree(from, item.getSlotFree()));
    lane.handle(BodyCase.ROOM, (from, item) -> queues.room(item.getRoom()));
    lane.serve(CallServices.QUERY, this::query);
    lane.peerLeftHandler(dispatcher::peerLeft);
    return Future.succeededFuture();
  }

  private Future<CallState> query(CallQuery question) {
    CallId id = CallId.fromWire(question.getId());
    CallState before = ledger.state(id, lane.now());
    if (before == null) {
      return Future.failedFuture(
          Failure.of(FailureCode.NOT_FOUND, "call " + id + " is not, or no longer, known")
              .at(lane.node().name(), "")
              .toException());
    }
    if (!question.getCancel()) {
      return Future.succeededFuture(before);
    }
    dispatcher.cancel(id, Failure.of(FailureCode.CANCELLED, "cancelled on request"));
    CallState after = ledger.state(id, lane.now());
    return Future.succeededFuture(after == null ? before : after);
  }

  /** Calls under way on this lane. */
  public int active() {
    return ledger == null ? 0 : ledger.activeCount();
  }

  /** New calls are refused with DRAINING; completes when none is under way. */
  @Override
  public Future<?> drain() {
    if (admission == null) {
      return Future.succeededFuture();
    }
    admission.drain();
    idle();
    return drained.future();
  }

  private void idle() {
    if (admission.draining() && ledger.activeCount() == 0) {
      drained.tryComplete();
    }
  }

  @Override
  public Future<?> stop() {
    if (dispatcher != null) {
      admission.drain();
      dispatcher.stop(Failure.of(FailureCode.DRAINING, "node '" + lane.node().name() + "' stops"));
      queues.stop();
    }
    return Future.succeededFuture();
  }
}
