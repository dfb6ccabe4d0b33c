package io.busbar.controlplane;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.Peers;
import io.busbar.controlplane.core.Standing;
import io.busbar.gocart.wire.NegotiateReply;
import io.busbar.member.Members;
import java.util.Map;
import java.util.TreeMap;

/** Makes the view that all lanes answer from. On the desk's lane. */
final class ViewMaker {
  private final Members members;
  private final OwnHosts own;
  private final Peers peers;
  private final HostExchange exchange;
  private final HostFacts facts;

  ViewMaker(Members members, OwnHosts own, Peers peers, HostExchange exchange, HostFacts facts) {
    this.members = members;
    this.own = own;
    this.peers = peers;
    this.exchange = exchange;
    this.facts = facts;
  }

  /**
   * @param names of our nodes, by host
   */
  View make(HostName self, NodeState state, Map<HostName, String> names) {
    Map<HostName, Standing> foreign = new TreeMap<>();
    peers.states().keySet().forEach(host -> foreign.put(host, peers.standing(host)));
    NegotiateReply.Builder reply = NegotiateReply.newBuilder();
    Map<HostName, Boolean> draining = own.draining();
    for (HostName host : peers.healthy(state)) {
      if (!draining.getOrDefault(host, false)) {
        reply.addHosts(host.toString());
      }
    }
    Map<HostName, Long> lives = exchange.incarnations();
    lives.putAll(own.started());
    lives.put(self, members.self().getStartedAt());
    long epoch = exchange.viewNumber();
    return new View(
        self,
        state,
        Map.copyOf(names),
        Map.copyOf(draining),
        Map.copyOf(foreign),
        peers.view().size(),
        lives,
        reply.setViewEpoch(epoch).build(),
        epoch,
        facts.copy(),
        peers.expectsContact());
  }
}
