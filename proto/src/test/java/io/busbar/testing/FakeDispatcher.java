package io.busbar.testing;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Accept;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.AttemptFailed;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Offer;
import io.busbar.bus.v1.Refused;
import io.busbar.bus.v1.Reject;
import io.busbar.bus.v1.Submit;
import io.busbar.bus.v1.Taken;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The least a dispatcher must do, on a lane of its own or a caller's: offers a call to its workers
 * in turn, repeats offers, cancels an attempt before the next one, asks remote callers whether they
 * are still there.
 */
public final class FakeDispatcher {
  private static final long CALLER_CHECK = 5000;

  private final Lane lane;
  private final List<Target> targets = new ArrayList<>();
  private final Map<CallId, Placed> calls = new HashMap<>();
  private final List<Done> dones = new ArrayList<>();
  private final List<Item> slotFree = new ArrayList<>();
  private final List<Item> received = new ArrayList<>();
  private int next;
  private long reserve = 2000;
  private long replay = 256 << 10;
  private long settle = 50;
  private int maxAttempts = 20;
  private boolean offering = true;
  private long ahead;

  /** A worker that can be offered calls. */
  public record Target(Endpoint at, String worker, long incarnation) {}

  private static final class Placed {
    Submit submit;
    Endpoint caller;
    int attempt;
    int tries;
    Target target;
    boolean running;
    boolean ahead;
    long deadline;
    Assigned assigned;
  }

  public FakeDispatcher(Lane lane) {
    this.lane = lane;
    lane.handle(Item.BodyCase.SUBMIT, (from, item) -> submitted(from, item.getSubmit()));
    lane.handle(
        Item.BodyCase.ATTEMPT_FAILED, (from, item) -> failed(from, item.getAttemptFailed()));
    lane.handle(Item.BodyCase.DONE, (from, item) -> done(item.getDone()));
    lane.handle(Item.BodyCase.ACCEPT, (from, item) -> accepted(from, item.getAccept()));
    lane.handle(Item.BodyCase.REJECT, (from, item) -> rejected(item.getReject()));
    lane.handle(Item.BodyCase.SLOT_FREE, (from, item) -> slotFree.add(item));
  }

  public FakeDispatcher offerTo(Endpoint at, String worker, long incarnation) {
    targets.add(new Target(at, worker, incarnation));
    return this;
  }

  public FakeDispatcher pool(long reserveMillis, long replayBytes, long settleMillis) {
    reserve = reserveMillis;
    replay = replayBytes;
    settle = settleMillis;
    return this;
  }

  /** Attempts after which a call is refused. */
  public FakeDispatcher maxAttempts(int most) {
    maxAttempts = most;
    return this;
  }

  /** Callers of this lane send that much right behind the first offer to another lane. */
  public FakeDispatcher ahead(long limit) {
    ahead = limit;
    return this;
  }

  /** While off, calls wait. */
  public FakeDispatcher offering(boolean on) {
    offering = on;
    return this;
  }

  public List<Done> dones() {
    return dones;
  }

  public List<Item> slotFree() {
    return slotFree;
  }

  /** Accepts, rejects and failed attempts, in order. */
  public List<Item> received() {
    return received;
  }

  /** Calls that are not over. */
  public int open() {
    return calls.size();
  }

  public Endpoint endpoint() {
    return lane.endpoint();
  }

  /** Ends a call as if somebody asked for it. */
  public void refuse(CallId id, Failure why) {
    Placed call = calls.remove(id);
    lane.send(
        call.caller,
        Item.newBuilder()
            .setRefused(Refused.newBuilder().setId(id.toWire()).setFailure(why.toWire()))
            .build());
  }

  /** The same with the wait that a real one tells. */
  public void refuse(CallId id, Failure why, long waitedMillis) {
    Placed call = calls.remove(id);
    Refused refused =
        Refused.newBuilder()
            .setId(id.toWire())
            .setFailure(why.toWire())
            .setWaitedMs(waitedMillis)
            .build();
    lane.send(call.caller, Item.newBuilder().setRefused(refused).build());
  }

  private boolean remote(Placed call) {
    return !call.caller.node().equals(lane.endpoint().node());
  }

  private void submitted(Endpoint from, Submit submit) {
    CallId id = CallId.fromWire(submit.getId());
    Placed known = calls.get(id);
    if (known != null) {
      answer(id, known);
      return;
    }
    for (Done done : dones) {
      if (done.getId().equals(submit.getId())) {
        return;
      }
    }
    Placed call = new Placed();
    call.submit = submit;
    call.caller = from;
    call.attempt = submit.getLastAttempt();
    long remaining = submit.getRemainingMs() > 0 ? submit.getRemainingMs() : 40_000;
    call.deadline = lane.now() + remaining;
    calls.put(id, call);
    lane.send(from, taken(id));
    if (remote(call)) {
      lane.timer(CALLER_CHECK, () -> checkCaller(id, call));
    }
    lane.timer(remaining + 3000, () -> calls.remove(id, call));
    if (offering) {
      offer(id, call);
    }
  }

  private void checkCaller(CallId id, Placed call) {
    if (calls.get(id) == call) {
      lane.send(call.caller, taken(id));
      lane.timer(CALLER_CHECK, () -> checkCaller(id, call));
    }
  }

  private void answer(CallId id, Placed call) {
    lane.send(
        call.caller,
        call.running ? Item.newBuilder().setAssigned(call.assigned).build() : taken(id));
  }

  private static Item taken(CallId id) {
    return Item.newBuilder().setTaken(Taken.newBuilder().setId(id.toWire())).build();
  }

  private void offer(CallId id, Placed call) {
    if (lane.now() >= call.deadline || call.tries >= maxAttempts) {
      refuse(id, Failure.of(FailureCode.QUEUE_TIMEOUT, "nobody took it"));
      return;
    }
    call.target = targets.get(next++ % targets.size());
    call.attempt++;
    call.tries++;
    call.running = false;
    call.ahead =
        ahead > 0
            && call.tries == 1
            && call.caller.equals(lane.endpoint())
            && !call.target.at().equals(lane.endpoint());
    sendOffer(id, call, call.attempt, lane.now());
    if (call.ahead) {
      Assigned offered =
          where(call).setOffered(true).setRequestLimit(ahead).setReplay(replay).build();
      lane.send(call.caller, Item.newBuilder().setAssigned(offered).build());
    }
  }

  private void withdraw(CallId id, Placed call) {
    if (call.ahead) {
      call.ahead = false;
      lane.send(call.caller, taken(id));
    }
  }

  private static Assigned.Builder where(Placed call) {
    return Assigned.newBuilder()
        .setId(call.submit.getId())
        .setAttempt(call.attempt)
        .setNode(call.target.at().node())
        .setLane(call.target.at().lane())
        .setWorker(call.target.worker())
        .setWorkerNode(call.target.at().node());
  }

  private void sendOffer(CallId id, Placed call, int attempt, long since) {
    if (calls.get(id) != call || call.running || call.attempt != attempt) {
      return;
    }
    if (lane.now() - since > (call.ahead ? lane.options().lostAfterMillis() : 2000)) {
      cancel(call);
      withdraw(id, call);
      offer(id, call);
      return;
    }
    lane.send(call.target.at(), offerItem(id, call));
    lane.timer(lane.options().probeMillis(), () -> sendOffer(id, call, attempt, since));
  }

  private Item offerItem(CallId id, Placed call) {
    return Item.newBuilder()
        .setOffer(
            Offer.newBuilder()
                .setId(id.toWire())
                .setAttempt(call.attempt)
                .setWorker(call.target.worker())
                .setWorkerIncarnation(call.target.incarnation())
                .setPool(call.submit.getPool())
                .setHead(call.submit.getHead())
                .setRemainingMs(Math.max(1, call.deadline - lane.now()))
                .setTimeoutMs(call.submit.getTimeoutMs())
                .setResponseLimit(call.submit.getResponseLimit())
                .setCallerNode(call.caller.node())
                .setCallerLane(call.caller.lane())
                .setReserveMs(reserve)
                .setReplay(replay)
                .setSettleMs(settle)
                .setWake(true)
                .setWakeLane(lane.endpoint().lane())
                .setAhead(call.ahead))
        .build();
  }

  private void accepted(Endpoint from, Accept accept) {
    received.add(Item.newBuilder().setAccept(accept).build());
    CallId id = CallId.fromWire(accept.getId());
    Placed call = calls.get(id);
    if (call == null || call.attempt != accept.getAttempt()) {
      lane.send(from, cancelItem(id, accept.getAttempt()));
      return;
    }
    if (call.running) {
      return;
    }
    call.running = true;
    call.ahead = false;
    long remaining = call.deadline - lane.now();
    if (call.submit.getTimeoutMs() > 0) {
      remaining = Math.min(remaining, call.submit.getTimeoutMs());
    }
    call.assigned =
        where(call)
            .setRequestLimit(accept.getRequestLimit())
            .setRemainingMs(Math.max(1, remaining))
            .setReplay(replay)
            .build();
    answer(id, call);
  }

  private void rejected(Reject reject) {
    received.add(Item.newBuilder().setReject(reject).build());
    CallId id = CallId.fromWire(reject.getId());
    Placed call = calls.get(id);
    if (call == null || call.attempt != reject.getAttempt() || call.running) {
      return;
    }
    withdraw(id, call);
    if (!reject.getFailure().getRetrySafe()) {
      refuse(id, Failure.fromWire(reject.getFailure()));
    } else {
      again(id, call);
    }
  }

  private void failed(Endpoint from, AttemptFailed failed) {
    received.add(Item.newBuilder().setAttemptFailed(failed).build());
    CallId id = CallId.fromWire(failed.getId());
    Placed call = calls.get(id);
    if (call == null) {
      return;
    }
    if (call.attempt != failed.getAttempt() || !call.running) {
      answer(id, call);
      return;
    }
    cancel(call);
    again(id, call);
  }

  private void again(CallId id, Placed call) {
    int attempt = ++call.attempt;
    call.running = false;
    lane.timer(
        30,
        () -> {
          if (calls.get(id) == call && call.attempt == attempt) {
            offer(id, call);
          }
        });
  }

  private void cancel(Placed call) {
    lane.send(call.target.at(), cancelItem(CallId.fromWire(call.submit.getId()), call.attempt));
  }

  private static Item cancelItem(CallId id, int attempt) {
    return Item.newBuilder()
        .setCancel(
            Cancel.newBuilder()
                .setId(id.toWire())
                .setAttempt(attempt)
                .setReason(Failure.of(FailureCode.CANCELLED, "superseded").toWire()))
        .build();
  }

  private void done(Done done) {
    Placed call = calls.remove(CallId.fromWire(done.getId()));
    if (call != null) {
      dones.add(done);
      if (call.target != null && done.hasFailure()) {
        cancel(call);
      }
    }
  }
}
