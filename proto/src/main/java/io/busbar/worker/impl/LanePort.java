package io.busbar.worker.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Reject;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerCommand;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.CallServices;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.worker.OfferedCall;
import io.busbar.worker.Slots;
import io.busbar.worker.WorkerAdapter;
import io.busbar.worker.WorkerPort;
import io.busbar.worker.WorkerServices;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The workers attached to one lane and the attempts they run. */
public final class LanePort implements WorkerPort {
  private final Lane lane;
  private final Deadlines deadlines;
  private final Announcer announcer;
  private final CallerWatch watch;
  private final EndedAttempts ended;
  private final Map<String, AttachedWorker> workers = new ConcurrentHashMap<>();
  private final Map<CallId, Attempt> running = new HashMap<>();

  /**
   * @param announcements what this lane says of its workers, in order
   * @param onLane runs on the lane what another thread has to say
   */
  public LanePort(Lane lane, Consumer<WorkerChanged> announcements, Executor onLane) {
    this.lane = lane;
    this.deadlines = new Deadlines(lane);
    this.announcer = new Announcer(lane, announcements, onLane);
    this.ended = new EndedAttempts(lane);
    this.watch = new CallerWatch(lane, this);
    lane.handle(Item.BodyCase.OFFER, (from, item) -> offered(from, item.getOffer()));
    lane.handle(Item.BodyCase.CANCEL, (from, item) -> cancelled(item.getCancel()));
    lane.serve(CallServices.START, this::startTold);
    lane.serve(
        WorkerServices.LIST,
        question -> Future.succeededFuture(announcer.list(question.getVersion())));
    lane.serve(WorkerServices.COMMAND, this::command);
    lane.peerLeftHandler(this::peerLeft);
  }

  @Override
  public Attachment attach(WorkerInfo info, Slots slots, WorkerAdapter adapter) {
    if (info.getWorkerId().isEmpty()) {
      throw Failure.of(FailureCode.INVALID_REQUEST, "worker_id is empty, expected a name")
          .toException();
    }
    if (workers.containsKey(info.getWorkerId())) {
      throw Failure.of(
              FailureCode.CONFLICT, "worker " + info.getWorkerId() + " is attached already")
          .toException();
    }
    WorkerInfo.Builder filled =
        info.toBuilder().setNode(lane.node().name()).setNodeId(lane.node().id());
    if (!info.getEveryLane()) {
      filled.setLane(lane.endpoint().lane());
    }
    if (info.getIncarnation() == 0) {
      filled.setIncarnation(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
    AttachedWorker worker = new AttachedWorker(this, filled.build(), slots, adapter);
    workers.put(info.getWorkerId(), worker);
    if (worker.announcedHere()) {
      announcer.attached(worker);
    }
    return worker;
  }

  @Override
  public Memory memory() {
    int wakes = 0;
    long leftOut = 0;
    for (AttachedWorker worker : workers.values()) {
      if (worker.announcedHere()) {
        wakes += worker.slots().interested().size();
        leftOut += worker.slots().interested().leftOut();
      }
    }
    return new Memory(ended.size(), ended.forgotten(), wakes, leftOut);
  }

  /** Attempts that hold a slot here. */
  public int running() {
    return running.size();
  }

  private void offered(Endpoint from, Offer offer) {
    CallId id = CallId.fromWire(offer.getId());
    int number = offer.getAttempt();
    Attempt known = running.get(id);
    if (known != null && known.number() == number) {
      accept(from, known.wireId(), number, known.requestLimit(), known.worker());
      return;
    }
    if (known == null && ended.served(id, number)) {
      accept(from, offer.getId(), number, 0, workers.get(offer.getWorker()));
      return;
    }
    Failure over = ended.answer(id, number);
    if (over != null || (known != null && known.number() > number)) {
      reject(from, offer, over != null ? over : notHere(offer, "a later attempt runs"), null);
      return;
    }
    if (known != null) {
      known.cancel(
          Failure.of(FailureCode.CANCELLED, "attempt " + number + " took the place of this one"));
    }
    consider(from, offer, id);
  }

  private void consider(Endpoint from, Offer offer, CallId id) {
    AttachedWorker worker = workers.get(offer.getWorker());
    if (worker == null || worker.incarnation() != offer.getWorkerIncarnation()) {
      reject(from, offer, notHere(offer, "the worker is not attached here"), null);
      return;
    }
    OfferedCall call =
        new OfferedCall(
            id,
            offer.getAttempt(),
            offer.getPool(),
            offer.getHead(),
            offer.getRemainingMs(),
            offer.getTimeoutMs(),
            offer.getPriority(),
            offer.getTenant());
    Failure why = worker.refuses(call);
    if (why != null) {
      rejectForGood(from, offer, id, why, worker);
      return;
    }
    Endpoint wake = endpoint(from.node(), offer.getWakeLane(), from);
    if (!worker.slots().take()) {
      if (offer.getWake()) {
        worker.slots().interested().rejected(wake);
      }
      rejectForGood(
          from,
          offer,
          id,
          Failure.of(FailureCode.BUSY, "all slots of the worker are taken")
              .at(lane.node().name(), offer.getWorker()),
          worker);
      return;
    }
    if (offer.getWake()) {
      worker.slots().interested().accepted(wake);
    }
    Endpoint caller =
        offer.getCallerNode().isEmpty()
            ? from
            : endpoint(offer.getCallerNode(), offer.getCallerLane(), from);
    Attempt attempt = new Attempt(this, worker, call, caller, from, offer);
    running.put(id, attempt);
    attempt.reserve();
    accept(from, attempt.wireId(), attempt.number(), attempt.requestLimit(), worker);
  }

  /** Mostly the lane that offers: the same object, which compares fast. */
  private static Endpoint endpoint(String node, int lane, Endpoint from) {
    return lane == from.lane() && node.equals(from.node()) ? from : new Endpoint(node, lane);
  }

  private void accept(Endpoint to, Id id, int number, long requestLimit, AttachedWorker worker) {
    Accept.Builder accept =
        Accept.newBuilder().setId(id).setAttempt(number).setRequestLimit(requestLimit);
    if (worker != null) {
      accept.setRunning(worker.slots().running()).setCapacity(worker.slots().capacity());
    }
    lane.send(to, lane.item().setAccept(accept).build());
  }

  /** Rejects, and will say the same again: only a dispatcher elsewhere can miss the answer. */
  private void rejectForGood(
      Endpoint to, Offer offer, CallId id, Failure why, AttachedWorker worker) {
    if (!to.equals(lane.endpoint())) {
      ended.add(id, offer.getAttempt(), why);
    }
    reject(to, offer, why, worker);
  }

  private void reject(Endpoint to, Offer offer, Failure why, AttachedWorker worker) {
    Reject.Builder reject =
        Reject.newBuilder()
            .setId(offer.getId())
            .setAttempt(offer.getAttempt())
            .setFailure(why.toWire());
    if (worker != null) {
      reject.setRunning(worker.slots().running()).setCapacity(worker.slots().capacity());
    }
    lane.send(to, Item.newBuilder().setReject(reject).build());
  }

  private Failure notHere(Offer offer, String why) {
    return Failure.of(FailureCode.UNAVAILABLE, why).at(lane.node().name(), offer.getWorker());
  }

  private void cancelled(Cancel cancel) {
    CallId id = CallId.fromWire(cancel.getId());
    Attempt known = running.get(id);
    Failure reason = Failure.fromWire(cancel.getReason());
    if (known == null) {
      remember(id, cancel.getAttempt());
    } else if (known.number() <= cancel.getAttempt()) {
      known.cancel(reason);
      remember(id, cancel.getAttempt());
    }
  }

  private void remember(CallId id, int attempt) {
    ended.add(id, attempt, null);
  }

  private Future<Empty> startTold(CallQuery told) {
    Attempt attempt = running.get(CallId.fromWire(told.getId()));
    if (attempt != null && attempt.number() == told.getAttempt()) {
      attempt.start();
    }
    return Future.succeededFuture(Empty.getDefaultInstance());
  }

  private Future<WorkerInfo> command(WorkerCommand command) {
    AttachedWorker worker = workers.get(command.getWorker());
    if (worker == null) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.NOT_FOUND,
                  "worker " + Failure.shorten(command.getWorker(), 100) + " is not attached here")
              .toException());
    }
    switch (command.getVerb()) {
      case "drain" -> worker.drain();
      case "resume" -> worker.resume();
      default -> {
        return Future.failedFuture(
            Failure.of(
                    FailureCode.INVALID_REQUEST,
                    "verb " + Failure.shorten(command.getVerb(), 40) + ", expected drain or resume")
                .toException());
      }
    }
    return Future.succeededFuture(worker.info());
  }

  private void peerLeft(String node) {
    Failure why = Failure.of(FailureCode.CALLER_GONE, "the caller's node left");
    cancelIf(attempt -> attempt.caller().node().equals(node), why);
    for (AttachedWorker worker : workers.values()) {
      worker.slots().interested().forget(node);
    }
  }

  void cancelIf(Predicate<Attempt> which, Failure why) {
    for (Attempt attempt : attempts()) {
      if (which.test(attempt)) {
        attempt.cancel(why);
      }
    }
  }

  List<Attempt> attempts() {
    return new ArrayList<>(running.values());
  }

  Attempt attempt(CallId id, int number) {
    Attempt known = running.get(id);
    return known != null && known.number() == number ? known : null;
  }

  /**
   * An attempt is over: no later offer or frame of it is taken.
   *
   * @param served with an outcome, maybe before the accept was known to have arrived
   */
  void over(Attempt attempt, boolean served) {
    running.remove(attempt.id(), attempt);
    if (!attempt.dispatcher().equals(lane.endpoint())) {
      if (served) {
        ended.addServed(attempt.id(), attempt.number());
      } else {
        remember(attempt.id(), attempt.number());
      }
    }
  }

  void detached(AttachedWorker worker) {
    if (workers.remove(worker.id(), worker) && worker.announcedHere()) {
      announcer.detached(worker);
    }
  }

  Announcer announcer() {
    return announcer;
  }

  CallerWatch watch() {
    return watch;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  Lane lane() {
    return lane;
  }
}
