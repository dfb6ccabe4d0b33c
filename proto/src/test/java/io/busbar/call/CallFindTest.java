package io.busbar.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.CallId;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.call.impl.LaneCalls;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.testing.FakeDispatcher;
import io.busbar.testing.FakeWorker;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Questions about a call, asked on another node than the one it entered. */
class CallFindTest {
  private static final class FakeMembers implements Members {
    private final List<NodeInfo> nodes = new ArrayList<>();
    private final Set<Long> gone = new HashSet<>();

    void add(Lane lane) {
      nodes.add(
          NodeInfo.newBuilder()
              .setNodeId(lane.node().id())
              .setName(lane.node().name())
              .setIncarnation(lane.node().incarnation())
              .setLanes(1)
              .build());
    }

    void leave(Lane lane) {
      nodes.removeIf(node -> node.getIncarnation() == lane.node().incarnation());
      gone.add(lane.node().incarnation());
    }

    @Override
    public NodeInfo self() {
      return nodes.get(0);
    }

    @Override
    public Collection<NodeInfo> nodes() {
      return nodes;
    }

    @Override
    public NodeInfo byId(String nodeId) {
      return nodes.stream().filter(n -> n.getNodeId().equals(nodeId)).findAny().orElse(null);
    }

    @Override
    public NodeInfo byIncarnation(long incarnation) {
      return nodes.stream().filter(n -> n.getIncarnation() == incarnation).findAny().orElse(null);
    }

    @Override
    public NodeInfo byName(String name) {
      return nodes.stream().filter(n -> n.getName().equals(name)).findAny().orElse(null);
    }

    @Override
    public boolean wasHere(long incarnation) {
      return gone.contains(incarnation);
    }

    @Override
    public void update(UnaryOperator<NodeInfo> change) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Registration listen(Listener listener) {
      return () -> {};
    }
  }

  private final CallBed bed = new CallBed();
  private final FakeMembers members = new FakeMembers();
  private final Lane other = bed.lane("other", 0);
  private final LaneCalls asking;

  CallFindTest() {
    Lane gateway = bed.lane("gateway", 0);
    bed.dispatcher = new FakeDispatcher(gateway);
    bed.calls = new LaneCalls(bed.callerLane, gateway::endpoint, members);
    bed.calls.serveQueries();
    asking = new LaneCalls(other, gateway::endpoint, members);
    members.add(other);
    members.add(bed.callerLane);
  }

  private static FailureCode code(Future<?> failed) {
    return Failure.of(failed.cause()).code();
  }

  @Test
  void stateOfACallOnAnotherNode() {
    bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("x");
    bed.advance(100);
    Future<CallState> state = asking.find(client.call.id());
    bed.advance(100);
    assertEquals("running", state.result().getState());
    assertEquals("w-a", state.result().getWorker());
  }

  @Test
  void cancelOfACallOnAnotherNode() {
    CallBed.Worker worker = bed.worker("a", 1, FakeWorker.silent());
    CallBed.Client client = bed.open().write("x");
    bed.advance(100);
    Future<CallState> state =
        asking.cancel(client.call.id(), Failure.of(FailureCode.CANCELLED, "no"));
    bed.advance(100);
    assertEquals("ended", state.result().getState());
    assertEquals(FailureCode.CANCELLED, client.end.failure().code());
    assertEquals(0, worker.slots.running());
    bed.calls.cancel(client.call.id(), Failure.of(FailureCode.CANCELLED, "no"));
  }

  @Test
  void callOfANodeThatIsGone() {
    CallId id = bed.callerLane.nextId();
    members.leave(bed.callerLane);
    assertEquals(FailureCode.NODE_GONE, code(asking.find(id)));
  }

  @Test
  void callOfANodeThatLeavesMeanwhile() {
    CallId id = bed.callerLane.nextId();
    Future<CallState> state = asking.find(id);
    other.peerLeft("caller");
    assertEquals(FailureCode.NODE_GONE, code(state));
  }

  @Test
  void unknownNodeLaneOrCall() {
    assertEquals(FailureCode.NOT_FOUND, code(asking.find(CallId.of(99, 0, 1))));
    CallId noLane = CallId.of(bed.callerLane.node().incarnation(), 7, 1);
    assertEquals(FailureCode.NOT_FOUND, code(asking.find(noLane)));
    Future<CallState> unknown = asking.find(bed.callerLane.nextId());
    bed.advance(100);
    assertTrue(unknown.failed());
    assertEquals(FailureCode.NOT_FOUND, code(unknown));
  }
}
