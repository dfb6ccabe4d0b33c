package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.AttemptFailed;
import io.busbar.bus.v1.Cancel;
import io.busbar.bus.v1.Direction;
import io.busbar.bus.v1.Done;
import io.busbar.bus.v1.Frame;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Refused;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.Submit;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The callers' side of one lane, as the bus contract asks for. */
final class FakeCaller {
  private static final int MOST_REPEATS = 400;

  private final FakeNet net;
  private final FakeLane lane;
  private final Endpoint dispatcher;
  private final boolean remote;
  private final Map<CallId, Calling> calls = new LinkedHashMap<>();

  FakeCaller(FakeNet net, FakeLane lane, Endpoint dispatcher) {
    this.net = net;
    this.lane = lane;
    this.dispatcher = dispatcher;
    this.remote = !dispatcher.node().equals(lane.endpoint().node());
    lane.handle(
        Item.BodyCase.TAKEN, (from, item) -> taken(CallId.fromWire(item.getTaken().getId())));
    lane.handle(Item.BodyCase.ASSIGNED, (from, item) -> assigned(item.getAssigned()));
    lane.handle(Item.BodyCase.REFUSED, (from, item) -> refused(item.getRefused()));
    lane.handle(Item.BodyCase.FRAME, (from, item) -> answer(item.getFrame()));
    lane.handle(
        Item.BodyCase.GONE,
        (from, item) ->
            attemptGone(
                CallId.fromWire(item.getGone().getId()),
                item.getGone().getAttempt(),
                Failure.of(FailureCode.STREAM_BROKEN, "gone")));
  }

  /** One call of this caller. */
  final class Calling {
    final CallId id;
    final Submit submit;
    Item question;
    int attempt;
    Endpoint at;
    Assigned assigned;
    final List<Assigned> assignments = new ArrayList<>();
    final List<Assigned> offered = new ArrayList<>();
    final List<Refused> refusals = new ArrayList<>();
    boolean taken;
    int ends;
    Failure failure;
    long endedAt;

    Calling(CallId id, Submit submit) {
      this.id = id;
      this.submit = submit;
      this.question = Item.newBuilder().setSubmit(submit).build();
    }

    boolean ended() {
      return ends > 0;
    }

    private void end(Failure why) {
      ends++;
      failure = why;
      endedAt = net.now();
      question = null;
    }

    private void ask(int times) {
      if (question == null || times == 0) {
        return;
      }
      Item asked = question;
      lane.send(dispatcher, asked);
      if (remote) {
        net.at(
            net.now() + 200,
            () -> {
              if (question == asked) {
                ask(times - 1);
              }
            });
      }
    }

    private void sendFrame(int number, int times) {
      if (ended() || attempt != number || question != null || times == 0) {
        return;
      }
      lane.send(at, frameOf(id, number, false));
      if (!at.node().equals(lane.endpoint().node())) {
        net.at(net.now() + 200, () -> sendFrame(number, times - 1));
      }
    }

    /** The caller gives up. */
    void cancel() {
      if (!ended()) {
        Failure why = Failure.of(FailureCode.CANCELLED, "caller");
        if (at != null) {
          lane.send(at, cancelOf(id, attempt));
        }
        done(this, why);
      }
    }
  }

  Calling call(String pool) {
    return call(pool, submit -> submit);
  }

  Calling call(String pool, UnaryOperator<Submit.Builder> with) {
    CallId id = lane.nextId();
    Submit submit =
        with.apply(
                Submit.newBuilder()
                    .setId(id.toWire())
                    .setPool(pool)
                    .setHead(RequestHead.newBuilder().setOrigin("test")))
            .build();
    Calling call = new Calling(id, submit);
    calls.put(id, call);
    call.ask(MOST_REPEATS);
    return call;
  }

  List<Calling> calls() {
    return List.copyOf(calls.values());
  }

  private void taken(CallId id) {
    Calling call = calls.get(id);
    if (call == null || call.ended()) {
      lane.send(
          dispatcher, Item.newBuilder().setDone(Done.newBuilder().setId(id.toWire())).build());
    } else {
      call.taken = true;
    }
  }

  private void assigned(Assigned assigned) {
    CallId id = CallId.fromWire(assigned.getId());
    Calling call = calls.get(id);
    Endpoint at = new Endpoint(assigned.getNode(), assigned.getLane());
    if (assigned.getOffered()) {
      if (call != null && !call.ended() && assigned.getAttempt() > call.attempt) {
        call.offered.add(assigned);
        lane.send(at, frameOf(id, assigned.getAttempt(), true));
      }
      return;
    }
    if (call == null || call.ended()) {
      lane.send(at, cancelOf(id, assigned.getAttempt()));
      lane.send(
          dispatcher,
          Item.newBuilder()
              .setDone(
                  Done.newBuilder()
                      .setId(id.toWire())
                      .setFailure(Failure.of(FailureCode.CANCELLED, "over").toWire()))
              .build());
      return;
    }
    if (assigned.getAttempt() <= call.attempt) {
      return;
    }
    call.attempt = assigned.getAttempt();
    call.at = at;
    call.assigned = assigned;
    call.assignments.add(assigned);
    call.question = null;
    call.sendFrame(call.attempt, MOST_REPEATS);
  }

  private void refused(Refused refused) {
    Calling call = calls.get(CallId.fromWire(refused.getId()));
    if (call != null && !call.ended()) {
      call.refusals.add(refused);
      if (call.at != null) {
        lane.send(call.at, cancelOf(call.id, call.attempt));
      }
      call.end(Failure.fromWire(refused.getFailure()));
    }
  }

  private void answer(Frame frame) {
    if (frame.getDirection() != Direction.RESPONSE) {
      return;
    }
    CallId id = CallId.fromWire(frame.getId());
    Calling call = calls.get(id);
    if (call == null || call.ended() || frame.getAttempt() != call.attempt) {
      return;
    }
    if (!frame.getOutcome().hasFailure()) {
      done(call, null);
      return;
    }
    Failure failure = Failure.fromWire(frame.getOutcome().getFailure());
    if (failure.code() == FailureCode.BUSY) {
      attemptGone(id, frame.getAttempt(), failure);
    } else {
      done(call, failure);
    }
  }

  /** An attempt ended before its commit. */
  void attemptGone(CallId id, int attempt, Failure why) {
    Calling call = calls.get(id);
    if (call == null || call.ended() || call.attempt != attempt || call.question != null) {
      return;
    }
    call.question =
        Item.newBuilder()
            .setAttemptFailed(
                AttemptFailed.newBuilder()
                    .setId(id.toWire())
                    .setAttempt(attempt)
                    .setFailure(why.toWire()))
            .build();
    call.ask(MOST_REPEATS);
  }

  private void done(Calling call, Failure failure) {
    call.end(failure);
    Done.Builder done =
        Done.newBuilder()
            .setId(call.id.toWire())
            .setAttempt(call.attempt)
            .setStatus(failure == null ? 200 : 0)
            .setRequestBytes(10)
            .setResponseBytes(20);
    if (failure != null) {
      done.setFailure(failure.toWire());
    }
    lane.send(dispatcher, Item.newBuilder().setDone(done).build());
  }

  private static Item frameOf(CallId id, int attempt, boolean ahead) {
    return Item.newBuilder()
        .setFrame(
            Frame.newBuilder()
                .setId(id.toWire())
                .setAttempt(attempt)
                .setDirection(Direction.REQUEST)
                .setAhead(ahead))
        .build();
  }

  private static Item cancelOf(CallId id, int attempt) {
    return Item.newBuilder()
        .setCancel(
            Cancel.newBuilder()
                .setId(id.toWire())
                .setAttempt(attempt)
                .setReason(Failure.of(FailureCode.CANCELLED, "caller").toWire()))
        .build();
  }
}
