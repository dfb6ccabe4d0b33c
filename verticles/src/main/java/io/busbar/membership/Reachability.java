package io.busbar.membership;

import io.busbar.bus.v1.NodeInfo;
import io.busbar.member.Members;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which inboxes of other nodes answer, as the probes of all lanes of this node found. An answer
 * comes back to the asking lane's own inbox, so it proves both ways. Any thread.
 */
public final class Reachability {
  private record Path(int lane, int peerLane) {}

  private final Members members;
  private final Map<String, Map<Path, Boolean>> paths = new ConcurrentHashMap<>();
  private final Set<String> reachedOnce = ConcurrentHashMap.newKeySet();
  private volatile Runnable changeHandler = () -> {};
  private volatile boolean complete;

  public Reachability(Members members) {
    this.members = members;
  }

  /** Sets who is told that something may have changed. Called on any lane. */
  public void onChange(Runnable handler) {
    changeHandler = handler;
  }

  void probed(String nodeId, int lane, int peerLane, boolean answered) {
    Map<Path, Boolean> of = paths.computeIfAbsent(nodeId, id -> new ConcurrentHashMap<>());
    Boolean before = of.put(new Path(lane, peerLane), answered);
    if (answered && !of.containsValue(false)) {
      reachedOnce.add(nodeId);
    }
    if (before == null || before != answered) {
      changeHandler.run();
    }
  }

  void left(String nodeId) {
    paths.remove(nodeId);
    reachedOnce.remove(nodeId);
    changeHandler.run();
  }

  /** Names of the gateway nodes with an inbox that did not answer, or was not asked yet. */
  public Set<String> unreachable() {
    Set<String> names = new TreeSet<>();
    for (NodeInfo peer : peers()) {
      Map<Path, Boolean> of = paths.get(peer.getNodeId());
      if (of == null || of.isEmpty() || of.containsValue(false)) {
        names.add(peer.getName());
      }
    }
    return names;
  }

  /**
   * Whether this node is well connected. It must have reached every other gateway node once; after
   * that it is cut off only when more than half of several others do not answer, since a single
   * silent node is that node's fault as likely as ours.
   */
  public boolean connected() {
    List<NodeInfo> peers = peers();
    int unreachable = unreachable().size();
    if (unreachable == 0) {
      complete = true;
      return true;
    }
    if (!complete) {
      return peers.stream().allMatch(peer -> reachedOnce.contains(peer.getNodeId()));
    }
    return peers.size() < 2 || unreachable * 2 <= peers.size();
  }

  private List<NodeInfo> peers() {
    List<NodeInfo> peers = new ArrayList<>();
    String self = members.self().getNodeId();
    for (NodeInfo node : members.nodes()) {
      if (node.getGateway() && !node.getNodeId().equals(self)) {
        peers.add(node);
      }
    }
    return peers;
  }
}
