package io.busbar.member;

import io.busbar.bus.v1.NodeInfo;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What is known of the nodes at one moment. Immutable: replaced as a whole, read from any thread.
 *
 * @param byId nodes that are there and have said what they are
 * @param gone incarnations that were here, oldest first
 */
record MemberView(
    Map<String, NodeInfo> byId,
    Map<Long, NodeInfo> byIncarnation,
    Map<String, NodeInfo> byName,
    Set<Long> gone) {

  /** Incarnations remembered after their node left. */
  static final int REMEMBERED = 4096;

  static final MemberView EMPTY = new MemberView(Map.of(), Map.of(), Map.of(), Set.of());

  Collection<NodeInfo> nodes() {
    return byId.values();
  }

  MemberView with(NodeInfo node) {
    Map<String, NodeInfo> nodes = new LinkedHashMap<>(byId);
    nodes.put(node.getNodeId(), node);
    Set<Long> left = gone;
    if (gone.contains(node.getIncarnation())) {
      left = new LinkedHashSet<>(gone);
      left.remove(node.getIncarnation());
    }
    return index(nodes, left);
  }

  MemberView without(NodeInfo node) {
    Map<String, NodeInfo> nodes = new LinkedHashMap<>(byId);
    nodes.remove(node.getNodeId());
    Set<Long> left = new LinkedHashSet<>(gone);
    left.add(node.getIncarnation());
    while (left.size() > REMEMBERED) {
      left.remove(left.iterator().next());
    }
    return index(nodes, left);
  }

  private static MemberView index(Map<String, NodeInfo> nodes, Set<Long> gone) {
    Map<Long, NodeInfo> byIncarnation = new HashMap<>();
    Map<String, NodeInfo> byName = new HashMap<>();
    for (NodeInfo node : nodes.values()) {
      byIncarnation.put(node.getIncarnation(), node);
      byName.put(node.getName(), node);
    }
    return new MemberView(nodes, byIncarnation, byName, gone);
  }
}
