package io.busbar.call.impl;

import io.busbar.bus.CallId;
import io.busbar.bus.Deadlines;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Assigned;
import io.busbar.bus.v1.CallQuery;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.CallsAlive;
import io.busbar.bus.v1.Id;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.Refused;
import io.busbar.call.Call;
import io.busbar.call.CallRequest;
import io.busbar.call.CallServices;
import io.busbar.call.Calls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All calls that were opened on one lane, by id, and what the bus says about them. */
public final class LaneCalls implements Calls {
  private static final Duration QUESTION_TIMEOUT = Duration.ofSeconds(5);

  private final Lane lane;
  private final Supplier<Endpoint> dispatcher;
  private final Members members;
  private final Deadlines deadlines;
  private final Map<CallId, ClientCall> open = new HashMap<>();

  public LaneCalls(Lane lane, Supplier<Endpoint> dispatcher, Members members) {
    this.lane = lane;
    this.dispatcher = dispatcher;
    this.members = members;
    this.deadlines = new Deadlines(lane);
    lane.handle(Item.BodyCase.TAKEN, (from, item) -> taken(from, item.getTaken().getId()));
    lane.handle(Item.BodyCase.ASSIGNED, (from, item) -> assigned(from, item.getAssigned()));
    lane.handle(Item.BodyCase.REFUSED, (from, item) -> refused(from, item.getRefused()));
    lane.serve(CallServices.ALIVE, this::alive);
    lane.peerLeftHandler(this::peerLeft);
  }

  public void serveQueries() {
    lane.serve(CallServices.QUERY, this::query);
  }

  @Override
  public Call open(CallRequest request) {
    return open(lane.nextId(), request);
  }

  @Override
  public Call open(CallId id, CallRequest request) {
    ClientCall call = new ClientCall(this, id, request);
    open.put(call.id(), call);
    call.start();
    return call;
  }

  @Override
  public Future<CallState> find(CallId id) {
    return ask(id, CallQuery.newBuilder().setId(id.toWire()).build());
  }

  @Override
  public Future<CallState> cancel(CallId id, Failure reason) {
    ClientCall own = open.get(id);
    if (own != null) {
      CallState.Builder state = own.state();
      own.cancel(reason);
      return Future.succeededFuture(state.setState("ended").setFailure(reason.toWire()).build());
    }
    return ask(id, CallQuery.newBuilder().setId(id.toWire()).setCancel(true).build());
  }

  /** Calls that have not ended. */
  public int size() {
    return open.size();
  }

  private Future<CallState> ask(CallId id, CallQuery question) {
    Endpoint owner = null;
    if (members != null) {
      NodeInfo info = members.byIncarnation(id.node());
      if (info != null && id.lane() < info.getLanes()) {
        owner = new Endpoint(info.getNodeId(), id.lane());
      } else if (info == null && members.wasHere(id.node())) {
        return Future.failedFuture(
            Failure.of(FailureCode.NODE_GONE, "the node that call " + id + " entered is gone")
                .toException());
      }
    } else if (id.node() == lane.node().incarnation()) {
      owner = new Endpoint(lane.endpoint().node(), id.lane());
    }
    if (owner == null) {
      return Future.failedFuture(notFound(id).toException());
    }
    return lane.ask(owner, CallServices.QUERY, question, QUESTION_TIMEOUT)
        .recover(cause -> Future.failedFuture(whyUnanswered(id, Failure.of(cause))));
  }

  private static Throwable whyUnanswered(CallId id, Failure failure) {
    return (failure.code() == FailureCode.NODE_LOST
            ? Failure.of(FailureCode.NODE_GONE, "the node that call " + id + " entered is gone")
            : failure)
        .toException();
  }

  private static Failure notFound(CallId id) {
    return Failure.of(FailureCode.NOT_FOUND, "call " + id + " is not known");
  }

  private Future<CallState> query(CallQuery question) {
    CallId id = CallId.fromWire(question.getId());
    ClientCall call = open.get(id);
    if (call == null) {
      return Future.failedFuture(notFound(id).toException());
    }
    CallState.Builder state = call.state();
    if (question.getCancel()) {
      Failure reason = Failure.of(FailureCode.CANCELLED, "cancelled on request");
      call.cancel(reason);
      state.setState("ended").setFailure(reason.toWire());
    }
    return Future.succeededFuture(state.build());
  }

  private Future<CallsAlive> alive(CallsAlive question) {
    List<CallQuery> unwanted = new ArrayList<>();
    for (CallQuery one : question.getCallsList()) {
      ClientCall call = open.get(CallId.fromWire(one.getId()));
      if (call == null || !call.follows(one.getAttempt())) {
        unwanted.add(one);
      }
    }
    return Future.succeededFuture(CallsAlive.newBuilder().addAllCalls(unwanted).build());
  }

  private void taken(Endpoint from, Id wire) {
    ClientCall call = open.get(CallId.fromWire(wire));
    if (call == null) {
      over(from, wire, 0);
    } else {
      call.taken(from);
    }
  }

  private void assigned(Endpoint from, Assigned assigned) {
    ClientCall call = open.get(CallId.fromWire(assigned.getId()));
    if (call != null) {
      call.assigned(from, assigned);
    } else if (!assigned.getOffered()) {
      refuse(assigned, "the call is over");
      over(from, assigned.getId(), assigned.getAttempt());
    }
  }

  private void refused(Endpoint from, Refused refused) {
    ClientCall call = open.get(CallId.fromWire(refused.getId()));
    if (call != null) {
      call.refused(from, refused);
    }
  }

  private void peerLeft(String node) {
    for (ClientCall call : new ArrayList<>(open.values())) {
      call.peerLeft(node);
    }
  }

  /** Frees the slot of an attempt that nobody follows. */
  void refuse(Assigned assigned, String why) {
    lane.send(
        new Endpoint(assigned.getNode(), assigned.getLane()),
        CallItems.cancel(
            assigned.getId(), assigned.getAttempt(), Failure.of(FailureCode.CANCELLED, why)));
  }

  /** Lets a worker begin although there is nothing to send to it yet. */
  void start(Endpoint worker, Id id, int attempt) {
    CallQuery begin = CallQuery.newBuilder().setId(id).setAttempt(attempt).build();
    lane.tell(worker, CallServices.START, begin);
  }

  /** Tells a dispatcher that asks after a call it should not place that it is over. */
  void over(Endpoint to, Id id, int attempt) {
    Failure why = Failure.of(FailureCode.CALLER_GONE, "the caller does not follow this call");
    lane.send(to, CallItems.over(id, attempt, why));
  }

  Lane lane() {
    return lane;
  }

  Endpoint dispatcher() {
    return dispatcher.get();
  }

  Deadlines deadlines() {
    return deadlines;
  }

  void ended(ClientCall call) {
    open.remove(call.id());
  }
}
