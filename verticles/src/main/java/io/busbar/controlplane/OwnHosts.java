package io.busbar.controlplane;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.HostName;
import io.busbar.member.Members;
import java.util.Map;
import java.util.TreeMap;

/** The gateway nodes as ControlPlane hosts, and which of them pings which foreign host. */
final class OwnHosts {
  private final Members members;

  OwnHosts(Members members) {
    this.members = members;
  }

  /** Host to node name, of every gateway node with a control plane. */
  Map<HostName, String> names() {
    Map<HostName, String> names = new TreeMap<>();
    for (NodeInfo node : members.nodes()) {
      host(node, names, node.getName());
    }
    return names;
  }

  /** Host to whether the node leaves. */
  Map<HostName, Boolean> draining() {
    Map<HostName, Boolean> draining = new TreeMap<>();
    for (NodeInfo node : members.nodes()) {
      host(node, draining, node.getDraining());
    }
    return draining;
  }

  /** Host to when the node started, ms since 1970. */
  Map<HostName, Long> started() {
    Map<HostName, Long> started = new TreeMap<>();
    for (NodeInfo node : members.nodes()) {
      host(node, started, node.getStartedAt());
    }
    return started;
  }

  private static <T> void host(NodeInfo node, Map<HostName, T> into, T value) {
    if (node.getGateway()) {
      HostName.parse(node.getControlHost()).ifPresent(host -> into.put(host, value));
    }
  }

  /**
   * The node that pings the host: of those with a control plane the one with the largest hash, so
   * that hosts spread, and few change their node when nodes come and go. Null = none.
   */
  String prober(HostName host) {
    String best = null;
    long most = 0;
    for (NodeInfo node : members.nodes()) {
      if (node.getGateway() && !node.getControlHost().isEmpty() && !node.getDraining()) {
        long weight = weight(host, node.getNodeId());
        if (best == null || weight > most) {
          best = node.getNodeId();
          most = weight;
        }
      }
    }
    return best;
  }

  /** The node that counts the changes of the view: the one that is there longest. Null = none. */
  String counting() {
    NodeInfo first = null;
    for (NodeInfo node : members.nodes()) {
      if (node.getGateway() && !node.getControlHost().isEmpty() && isOlder(node, first)) {
        first = node;
      }
    }
    return first == null ? null : first.getNodeId();
  }

  private static boolean isOlder(NodeInfo node, NodeInfo than) {
    if (than == null || node.getStartedAt() != than.getStartedAt()) {
      return than == null || node.getStartedAt() < than.getStartedAt();
    }
    return node.getNodeId().compareTo(than.getNodeId()) < 0;
  }

  private static long weight(HostName host, String node) {
    long mixed = (host + "|" + node).hashCode() * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return mixed ^ mixed >>> 32;
  }
}
