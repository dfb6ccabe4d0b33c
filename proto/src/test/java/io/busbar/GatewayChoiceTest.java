package io.busbar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class GatewayChoiceTest {
  private final FakeMembers members = new FakeMembers();
  private final GatewayChoice choice = new GatewayChoice(members);

  private static NodeInfo node(String id, int lanes, boolean gateway, boolean ready) {
    return NodeInfo.newBuilder()
        .setNodeId(id)
        .setName(id)
        .setLanes(lanes)
        .setGateway(gateway)
        .setReady(ready)
        .build();
  }

  private void there(NodeInfo... nodes) {
    members.nodes.clear();
    members.nodes.addAll(List.of(nodes));
    choice.changed(nodes.length == 0 ? NodeInfo.getDefaultInstance() : nodes[0]);
  }

  @Test
  void nobodyIsThere() {
    there();
    assertNull(choice.get());
    assertFalse(choice.ready().isComplete());
  }

  @Test
  void takesEachLaneOfEachReadyGatewayInTurn() {
    there(node("a", 2, true, true), node("b", 1, true, true), node("app", 4, false, true));
    Set<Endpoint> seen = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      seen.add(choice.get());
    }
    assertEquals(Set.of(new Endpoint("a", 0), new Endpoint("a", 1), new Endpoint("b", 0)), seen);
    assertTrue(choice.ready().isComplete());
  }

  @Test
  void leavesOutWhoIsNotReadyOrDrains() {
    there(
        node("a", 1, true, false),
        node("b", 1, true, true).toBuilder().setDraining(true).build(),
        node("c", 1, true, true));
    assertEquals(new Endpoint("c", 0), choice.get());
    assertEquals(new Endpoint("c", 0), choice.get());
  }

  @Test
  void takesTheNextWhenOneLeft() {
    there(node("a", 1, true, true), node("b", 1, true, true));
    there(node("b", 1, true, true));
    assertEquals(new Endpoint("b", 0), choice.get());
    there();
    assertNull(choice.get());
  }

  /** Members as a test sets them. */
  private static final class FakeMembers implements Members {
    final List<NodeInfo> nodes = new ArrayList<>();

    @Override
    public NodeInfo self() {
      return NodeInfo.getDefaultInstance();
    }

    @Override
    public Collection<NodeInfo> nodes() {
      return nodes;
    }

    @Override
    public NodeInfo byId(String nodeId) {
      return null;
    }

    @Override
    public NodeInfo byIncarnation(long incarnation) {
      return null;
    }

    @Override
    public NodeInfo byName(String name) {
      return null;
    }

    @Override
    public boolean wasHere(long incarnation) {
      return false;
    }

    @Override
    public void update(UnaryOperator<NodeInfo> change) {
      throw new UnsupportedOperationException("a fake has no self");
    }

    @Override
    public Registration listen(Listener listener) {
      return () -> {};
    }
  }
}
