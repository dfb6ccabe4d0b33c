package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Gone;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Outcome;
import io.busbar.bus.v1.Reject;
import io.busbar.bus.v1.SlotFree;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The workers' side of one lane: slots, reservations, repeats, as the bus contract asks for. */
final class FakeWorkers {
  private final FakeNet net;
  private final FakeLane lane;
  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<CallId, Attempt> attempts = new HashMap<>();
  private final Map<CallId, Integer> over = new HashMap<>();

  /** Served to their end; the accept may have been lost. */
  private final Map<CallId, Attempt> served = new HashMap<>();

  /** Ids in the order in which workers started them. */
  final List<CallId> started = new ArrayList<>();

  final List<Offer> offers = new ArrayList<>();

  /** Told when a worker starts a call. */
  Consumer<CallId> onStart = id -> {};

  FakeWorkers(FakeNet net, FakeLane lane) {
    this.net = net;
    this.lane = lane;
    lane.handle(Item.BodyCase.OFFER, (from, item) -> offered(from, item.getOffer()));
    lane.handle(Item.BodyCase.CANCEL, (from, item) -> cancelled(item.getCancel()));
    lane.handle(Item.BodyCase.FRAME, (from, item) -> frame(from, item.getFrame()));
  }

  static final class Worker {
    final String id;
    int capacity;
    int running;

    /** How long a call takes; -1 = until {@link #finish}. */
    long service = -1;

    /** Every offer is rejected with this; null = by slots. */
    Failure rejects;

    boolean silent;
    final Set<Endpoint> wake = new LinkedHashSet<>();

    Worker(String id, int capacity) {
      this.id = id;
      this.capacity = capacity;
    }
  }

  private static final class Attempt {
    final Worker worker;
    final Id id;
    final int number;
    final Endpoint caller;
    Runnable reservation = () -> {};
    boolean started;

    Attempt(Worker worker, Id id, int number, Endpoint caller) {
      this.worker = worker;
      this.id = id;
      this.number = number;
      this.caller = caller;
    }
  }

  Worker add(String id, int capacity) {
    Worker worker = new Worker(id, capacity);
    workers.put(id, worker);
    return worker;
  }

  int slotsTaken() {
    return workers.values().stream().mapToInt(w -> w.running).sum();
  }

  /** Attempts that a worker works on now. */
  boolean working(CallId id) {
    Attempt attempt = attempts.get(id);
    return attempt != null && attempt.started;
  }

  private void offered(Endpoint from, Offer offer) {
    offers.add(offer);
    Worker worker = workers.get(offer.getWorker());
    CallId id = CallId.fromWire(offer.getId());
    if (worker == null) {
      reject(from, offer, null, Failure.of(FailureCode.UNAVAILABLE, "not here"));
      return;
    }
    if (worker.silent) {
      return;
    }
    Attempt known = attempts.get(id);
    if (known != null && known.number == offer.getAttempt()) {
      accept(from, known);
      return;
    }
    Attempt done = served.get(id);
    if (done != null && done.number == offer.getAttempt()) {
      accept(from, done);
      return;
    }
    if (over.getOrDefault(id, 0) >= offer.getAttempt()
        || (known != null && known.number > offer.getAttempt())) {
      reject(from, offer, worker, Failure.of(FailureCode.UNAVAILABLE, "over"));
      return;
    }
    if (known != null) {
      end(known);
    }
    if (worker.rejects != null) {
      reject(from, offer, worker, worker.rejects);
      return;
    }
    Endpoint wake = new Endpoint(from.node(), offer.getWakeLane());
    if (worker.running >= worker.capacity) {
      worker.wake.add(wake);
      reject(from, offer, worker, Failure.of(FailureCode.BUSY, "full"));
      return;
    }
    worker.running++;
    Endpoint caller =
        offer.getCallerNode().isEmpty()
            ? from
            : new Endpoint(offer.getCallerNode(), offer.getCallerLane());
    Attempt attempt = new Attempt(worker, offer.getId(), offer.getAttempt(), caller);
    attempts.put(id, attempt);
    attempt.reservation =
        net.at(
            net.now() + offer.getReserveMs(),
            () -> {
              if (!attempt.started) {
                end(attempt);
              }
            });
    accept(from, attempt);
  }

  private void accept(Endpoint to, Attempt attempt) {
    lane.send(
        to,
        Item.newBuilder()
            .setAccept(
                Accept.newBuilder()
                    .setId(attempt.id)
                    .setAttempt(attempt.number)
                    .setRequestLimit(1000)
                    .setRunning(attempt.worker.running)
                    .setCapacity(attempt.worker.capacity))
            .build());
  }

  private void reject(Endpoint to, Offer offer, Worker worker, Failure why) {
    Reject.Builder reject =
        Reject.newBuilder()
            .setId(offer.getId())
            .setAttempt(offer.getAttempt())
            .setFailure(why.toWire());
    if (worker != null) {
      reject.setRunning(worker.running).setCapacity(worker.capacity);
    }
    lane.send(to, Item.newBuilder().setReject(reject).build());
  }

  private void cancelled(Cancel cancel) {
    CallId id = CallId.fromWire(cancel.getId());
    over.merge(id, cancel.getAttempt(), Math::max);
    served.remove(id);
    Attempt known = attempts.get(id);
    if (known != null && known.number <= cancel.getAttempt()) {
      end(known);
    }
  }

  private void frame(Endpoint from, Frame frame) {
    if (frame.getDirection() != Direction.REQUEST) {
      return;
    }
    CallId id = CallId.fromWire(frame.getId());
    Attempt known = attempts.get(id);
    if (known == null && frame.getAhead()) {
      return;
    }
    if (known == null || known.number != frame.getAttempt()) {
      lane.send(
          from,
          Item.newBuilder()
              .setGone(Gone.newBuilder().setId(frame.getId()).setAttempt(frame.getAttempt()))
              .build());
      return;
    }
    if (!known.started) {
      onStart.accept(id);
      known.started = true;
      started.add(id);
      if (known.worker.service >= 0) {
        net.at(net.now() + known.worker.service, () -> finish(id, null));
      }
    }
  }

  /** The worker ends a call: with success, or with a failure. */
  void finish(CallId id, Failure failure) {
    Attempt known = attempts.get(id);
    if (known == null || !known.started) {
      return;
    }
    Outcome.Builder outcome = Outcome.newBuilder();
    if (failure != null) {
      outcome.setFailure(failure.toWire());
    }
    end(known);
    served.put(id, known);
    respond(known, outcome.build(), 6);
  }

  /** The stream would resend until received; here it is said a few times. */
  private void respond(Attempt attempt, Outcome outcome, int times) {
    lane.send(
        attempt.caller,
        Item.newBuilder()
            .setFrame(
                Frame.newBuilder()
                    .setId(attempt.id)
                    .setAttempt(attempt.number)
                    .setDirection(Direction.RESPONSE)
                    .setOutcome(outcome))
            .build());
    if (times > 1 && !attempt.caller.node().equals(lane.endpoint().node())) {
      net.at(net.now() + 200, () -> respond(attempt, outcome, times - 1));
    }
  }

  private void end(Attempt attempt) {
    CallId id = CallId.fromWire(attempt.id);
    attempt.reservation.run();
    attempts.remove(id, attempt);
    over.merge(id, attempt.number, Math::max);
    attempt.worker.running--;
    for (Endpoint wake : attempt.worker.wake) {
      lane.send(
          wake,
          Item.newBuilder()
              .setSlotFree(
                  SlotFree.newBuilder()
                      .setWorker(attempt.worker.id)
                      .setRunning(attempt.worker.running)
                      .setCapacity(attempt.worker.capacity))
              .build());
    }
    attempt.worker.wake.clear();
  }
}
