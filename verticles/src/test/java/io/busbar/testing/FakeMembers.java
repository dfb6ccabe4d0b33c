package io.busbar.testing;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A list of nodes that the test writes. */
public final class FakeMembers implements Members {
  private final Map<String, NodeInfo> nodes = new ConcurrentHashMap<>();
  private final String self;

  public FakeMembers(NodeInfo self) {
    this.self = self.getNodeId();
    add(self);
  }

  public FakeMembers add(NodeInfo node) {
    nodes.put(node.getNodeId(), node);
    return this;
  }

  @Override
  public NodeInfo self() {
    return nodes.get(self);
  }

  @Override
  public Collection<NodeInfo> nodes() {
    return nodes.values();
  }

  @Override
  public NodeInfo byId(String nodeId) {
    return nodes.get(nodeId);
  }

  @Override
  public NodeInfo byIncarnation(long incarnation) {
    return first(n -> n.getIncarnation() == incarnation);
  }

  @Override
  public NodeInfo byName(String name) {
    return first(n -> n.getName().equals(name));
  }

  private NodeInfo first(Predicate<NodeInfo> that) {
    return nodes.values().stream().filter(that).findFirst().orElse(null);
  }

  @Override
  public boolean wasHere(long incarnation) {
    return false;
  }

  @Override
  public void update(UnaryOperator<NodeInfo> change) {
    add(change.apply(self()));
  }

  @Override
  public Registration listen(Listener listener) {
    nodes.values().forEach(listener::changed);
    return () -> {};
  }
}
