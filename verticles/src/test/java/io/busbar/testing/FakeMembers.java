package io.busbar.testing;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A list of nodes that the test writes. */
public final class FakeMembers implements Members {
  private final Map<String, NodeInfo> nodes = new ConcurrentHashMap<>();
  private final List<Consumer<Consumer<Listener>>> listeners = new CopyOnWriteArrayList<>();
  private final String self;

  public FakeMembers(NodeInfo self) {
    this.self = self.getNodeId();
    add(self);
  }

  public FakeMembers add(NodeInfo node) {
    nodes.put(node.getNodeId(), node);
    listeners.forEach(tell -> tell.accept(l -> l.changed(node)));
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
    Context context = Vertx.currentContext();
    Consumer<Consumer<Listener>> tell =
        word -> {
          if (context == null) {
            word.accept(listener);
          } else {
            context.runOnContext(v -> word.accept(listener));
          }
        };
    listeners.add(tell);
    nodes.values().forEach(node -> tell.accept(l -> l.changed(node)));
    return () -> listeners.remove(tell);
  }

  /** How many listen. */
  public int listening() {
    return listeners.size();
  }

  /** A node is gone. */
  public void leave(NodeInfo node) {
    nodes.remove(node.getNodeId());
    listeners.forEach(tell -> tell.accept(l -> l.left(node)));
  }
}
