package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.ownership.HostState;
import java.util.Map;

/**
 * All hosts as this node sees them at one moment. Immutable, so that every lane answers from it
 * without asking anybody.
 *
 * @param self this node's name among the hosts
 * @param state of this node
 * @param own nodes of this cluster, this one included: host to node name
 * @param draining whether a node of this cluster leaves, by its host
 * @param foreign standing of every other host
 * @param counted foreign hosts that count for majorities
 * @param incarnations of our nodes and of foreign hosts that were admitted: the start of each one's
 *     life, ms since 1970
 * @param negotiated what a Negotiate is answered with
 * @param epoch of the view that our nodes agree on: grows by one with each change of the hosts that
 *     count; 0 = not known yet
 * @param facts what else is known of hosts; one that is missing has none
 * @param expectsContact a host that was lost may come back by speaking to us
 */
record View(
    HostName self,
    NodeState state,
    Map<HostName, String> own,
    Map<HostName, Boolean> draining,
    Map<HostName, Standing> foreign,
    int counted,
    Map<HostName, Long> incarnations,
    NegotiateReply negotiated,
    long epoch,
    Map<HostName, MemberFacts> facts,
    boolean expectsContact) {

  /** What is known of a host beside its standing. */
  MemberFacts facts(HostName host) {
    return facts.getOrDefault(host, MemberFacts.NONE);
  }

  /** Standing of a host that is not one of our nodes. */
  Standing standing(HostName host) {
    return foreign.getOrDefault(host, Standing.UNKNOWN);
  }

  /** What a key's entry must know of its owner, other than our nodes' sessions. */
  HostState stateOf(String owner) {
    return HostName.parse(owner)
        .map(
            host ->
                switch (standing(host)) {
                  case LIVE -> HostState.ALIVE;
                  case SUSPECT, LEAVING -> HostState.SUSPECT;
                  case GONE -> HostState.GONE;
                  case UNKNOWN -> HostState.UNKNOWN;
                })
        .orElse(HostState.UNKNOWN);
  }

  /** The host of an owner as others know it: our nodes own keys by their names. */
  String hostOf(String owner) {
    for (Map.Entry<HostName, String> node : own.entrySet()) {
      if (node.getValue().equals(owner)) {
        return node.getKey().toString();
      }
    }
    return owner;
  }
}
