package io.busbar.registry;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Members that come and go by a test's word; used on one thread. */
public final class FakeMembers implements Members {
  private final Map<String, NodeInfo> nodes = new LinkedHashMap<>();
  private final Set<Long> gone = new HashSet<>();
  private final List<Listener> listeners = new ArrayList<>();
  private final String selfId;

  public FakeMembers(NodeInfo self) {
    selfId = self.getNodeId();
    nodes.put(selfId, self);
  }

  public void join(NodeInfo node) {
    nodes.put(node.getNodeId(), node);
    listeners.forEach(listener -> listener.changed(node));
  }

  public void leave(String nodeId) {
    NodeInfo node = nodes.remove(nodeId);
    gone.add(node.getIncarnation());
    listeners.forEach(listener -> listener.left(node));
  }

  @Override
  public NodeInfo self() {
    return nodes.get(selfId);
  }

  @Override
  public Collection<NodeInfo> nodes() {
    return List.copyOf(nodes.values());
  }

  @Override
  public NodeInfo byId(String nodeId) {
    return nodes.get(nodeId);
  }

  @Override
  public NodeInfo byIncarnation(long incarnation) {
    return nodes.values().stream()
        .filter(node -> node.getIncarnation() == incarnation)
        .findFirst()
        .orElse(null);
  }

  @Override
  public NodeInfo byName(String name) {
    return nodes.values().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .orElse(null);
  }

  @Override
  public boolean wasHere(long incarnation) {
    return gone.contains(incarnation);
  }

  @Override
  public void update(UnaryOperator<NodeInfo> change) {
    join(change.apply(self()));
  }

  @Override
  public Registration listen(Listener listener) {
    listeners.add(listener);
    nodes().forEach(listener::changed);
    return () -> listeners.remove(listener);
  }
}
