package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.controlplane.core.Action;
import io.busbar.controlplane.core.Farewell;
import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.NodeMachine;
import io.busbar.controlplane.core.NodeState;
import io.busbar.controlplane.core.PeerState;
import io.busbar.controlplane.core.Peers;
import io.busbar.controlplane.core.Timings;
import io.busbar.ownership.Ownership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The orderly end of this node among the hosts: once it owns nothing any more, or may not wait for
 * that any longer, it says that it closes. On the desk's lane.
 */
final class Goodbye {
  private final Lane lane;
  private final NodeMachine machine;
  private final Peers peers;
  private final Ownership ownership;
  private final PeerTalk talk;
  private final Timings timings;
  private final Consumer<Action> out;
  private final long handoverMillis;
  private Promise<Void> left;
  private long since;
  private Farewell farewell;

  Goodbye(
      Lane lane,
      NodeMachine machine,
      Peers peers,
      Ownership ownership,
      PeerTalk talk,
      Timings timings,
      Consumer<Action> out,
      long handoverMillis) {
    this.lane = lane;
    this.machine = machine;
    this.peers = peers;
    this.ownership = ownership;
    this.talk = talk;
    this.timings = timings;
    this.out = out;
    this.handoverMillis = handoverMillis;
  }

  /** Completes when every host was told. */
  Future<Void> begin() {
    left = Promise.promise();
    since = lane.now();
    machine.drain(since);
    return left.future();
  }

  /** Does what is due. */
  void tick(long now) {
    if (left == null) {
      return;
    }
    boolean over = now - since >= handoverMillis;
    List<HostName> hosts = new ArrayList<>(peers.in(PeerState.ALIVE));
    hosts.addAll(peers.in(PeerState.SUSPECT));
    boolean empty = hosts.isEmpty() || ownership.held().isEmpty();
    if (machine.state() == NodeState.DRAINING && (empty || over)) {
      machine.drained(now);
      farewell = new Farewell(timings, out);
      talk.leaving(farewell, timings.closingDeadline() * timings.closingTries());
      farewell.begin(hosts, now);
    }
    if (machine.state() == NodeState.CLOSING) {
      farewell.tick(now);
      if (farewell.isOver()) {
        machine.closed(now);
        left.tryComplete();
      }
    }
  }
}
