package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Peers;
import io.busbar.gocart.wire.MemberInfo;
import io.busbar.gocart.wire.MemberState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Streams of the foreign hosts that this node pings and that can tell whom they see. What they tell
 * only hastens what pings and exchanges find out: an unknown host is looked for, one that they lost
 * is pinged at once. On the desk's lane.
 */
final class HostWatches {
  /** Of a host whose members can be watched. */
  static final String CAPABILITY = "watch.v1";

  private static final Set<MemberState> DOUBTS =
      Set.of(MemberState.SUSPECT, MemberState.LEAVING, MemberState.DOWN, MemberState.REMOVED);

  private final ControlPlaneNode node;
  private final Lane lane;
  private final PeerCalls calls;
  private final Peers peers;
  private final HostExchange exchange;
  private final HostFacts facts;
  private final Map<HostName, HostWatch> open = new HashMap<>();

  /** Hosts that did not know the method, and what they said they could. */
  private final Map<HostName, List<String>> refused = new HashMap<>();

  HostWatches(
      ControlPlaneNode node,
      Lane lane,
      PeerCalls calls,
      Peers peers,
      HostExchange exchange,
      HostFacts facts) {
    this.node = node;
    this.lane = lane;
    this.calls = calls;
    this.peers = peers;
    this.exchange = exchange;
    this.facts = facts;
  }

  /** The host answered a ping and said what it can. */
  void said(HostName host) {
    List<String> capabilities = facts.of(host).capabilities();
    if (!capabilities.contains(CAPABILITY)) {
      forget(host);
    } else if (!open.containsKey(host)
        && !capabilities.equals(refused.get(host))
        && exchange.isMine(host)) {
      String self = node.view().self().toString();
      HostWatch watch =
          new HostWatch(lane, calls, host, self, HostWatch.Times.DEFAULTS, new News(host));
      open.put(host, watch);
      node.meters().watching(open.size());
      watch.open();
    }
  }

  /** Ends the streams of hosts that this node does not ping any more, or that are gone. */
  void settle() {
    for (HostName host : List.copyOf(open.keySet())) {
      PeerState state = peers.state(host);
      boolean stays = state == PeerState.ALIVE || state == PeerState.SUSPECT;
      if (!stays || !exchange.isMine(host)) {
        forget(host);
      }
    }
  }

  void forget(HostName host) {
    refused.remove(host);
    close(host);
  }

  private void close(HostName host) {
    HostWatch watch = open.remove(host);
    if (watch != null) {
      watch.close();
      node.meters().watching(open.size());
    }
  }

  void stop() {
    List.copyOf(open.keySet()).forEach(this::forget);
  }

  private void told(List<MemberInfo> members) {
    List<String> healthy = new ArrayList<>();
    for (MemberInfo member : members) {
      if (member.getState() == MemberState.UP) {
        healthy.add(member.getHost());
      } else if (DOUBTS.contains(member.getState())) {
        HostName.parse(member.getHost())
            .ifPresent(host -> exchange.doubted(host, member.getIncarnation()));
      }
    }
    if (!healthy.isEmpty()) {
      peers.heard(healthy, lane.now());
    }
  }

  private final class News implements HostWatch.Listener {
    private final HostName host;

    News(HostName host) {
      this.host = host;
    }

    @Override
    public void told(List<MemberInfo> members) {
      HostWatches.this.told(members);
    }

    @Override
    public void heard(String kind) {
      node.meters().watched(kind);
    }

    @Override
    public void ended(String why) {
      node.meters().watchEnded(why);
      if (why.equals("unimplemented")) {
        refused.put(host, facts.of(host).capabilities());
        close(host);
      }
    }
  }
}
