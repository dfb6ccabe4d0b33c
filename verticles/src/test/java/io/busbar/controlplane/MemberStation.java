package io.busbar.controlplane;

import static io.busbar.testing.ClusterNodes.await;
import static io.busbar.testing.ClusterNodes.on;

import io.busbar.controlplane.core.HostName;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.controlplane.core.Standing;
import io.busbar.ownership.OwnershipMember;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.testing.ClusterNodes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/**
 * One of two real members of a cluster in this process, with their shared owners and a control
 * plane on a real port. It pings a foreign host once and then only for a reason.
 */
record MemberStation(
    OwnershipMember member, ControlPlaneNode node, ControlPlaneFront front, Desk desk) {

  static MemberStation start(ClusterNodes cluster, String name) throws Exception {
    OwnershipMember member = OwnershipMember.start(cluster, name, OwnershipOptions.DEFAULTS);
    ControlPlaneNode node =
        new ControlPlaneNode(
            Station.options(0, List.of(), true, StationTls.OFF, HostRules.DEFAULTS),
            StationTls.OFF::applyTo,
            StationTls.OFF::dial,
            () -> NodeLoad.NONE,
            new SimpleMeterRegistry());
    member.owners().hosts(node::standing);
    member.owners().outside(node::vote);
    ControlPlaneFront front =
        new ControlPlaneFront(node, member.members(), lane -> member.ownership());
    Desk desk =
        new Desk(
            node,
            member.members(),
            () -> new OwnWeight(2, 2),
            lane -> member.ownership(),
            Station.SELDOM,
            0,
            context -> any -> Future.succeededFuture(List.of()));
    await(
        on(
            member.lane(),
            () -> front.start(member.lane()).compose(v -> desk.start(member.lane()))));
    return new MemberStation(member, node, front, desk);
  }

  /** Waits until each knows the other as a host of its own cluster. */
  void meets(MemberStation other) {
    Station.await(() -> ours() == 2 && other.ours() == 2);
  }

  private int ours() {
    return new OwnHosts(member.members()).names().size();
  }

  /** Whether it is this node's to ping. */
  boolean pings(ScriptedHost host) {
    return member.lane().node().id().equals(new OwnHosts(member.members()).prober(host.name()));
  }

  HostName host() {
    return node.view().self();
  }

  String name() {
    return host().toString();
  }

  void awaitLive(HostName host) {
    Station.await(() -> node.view().standing(host) == Standing.LIVE);
  }

  /** Waits until the desk has done what it was told to until now. */
  void afterDesk() {
    Promise<Void> done = Promise.promise();
    node.tellDesk(there -> done.complete());
    Station.await(done.future());
  }

  void stop() throws Exception {
    await(on(member.lane(), () -> desk.stop().compose(v -> front.stop())));
  }
}
