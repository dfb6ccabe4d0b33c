package io.busbar;

import io.busbar.bus.BusObserver;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.Lanes;
import io.busbar.bus.MemoryBudget;
import io.busbar.bus.NodeIdentity;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.call.CallClient;
import io.busbar.member.Members;
import io.busbar.member.Membership;
import io.busbar.member.NodeEcho;
import io.busbar.plugin.host.HostLane;
import io.busbar.worker.WorkerPorts;
import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** One lane of an application, with both ends of the call primitive on it. */
final class MemberLane implements Deployable, Members.Listener {
  private final Vertx vertx;
  private final NodeIdentity identity;
  private final int index;
  private final BusbarOptions options;
  private final MemoryBudget memory;
  private final Membership membership;
  private final Supplier<Endpoint> dispatcher;
  private final List<LaneMember> members = new ArrayList<>();
  private volatile HostLane opened;
  private Lane lane;
  private Members.Registration registration;

  MemberLane(
      Vertx vertx,
      NodeIdentity identity,
      int index,
      BusbarOptions options,
      MemoryBudget memory,
      Membership membership,
      Supplier<Endpoint> dispatcher) {
    this.vertx = vertx;
    this.identity = identity;
    this.index = index;
    this.options = options;
    this.memory = memory;
    this.membership = membership;
    this.dispatcher = dispatcher;
  }

  @Override
  public Future<?> deploy(Context context) {
    return Lanes.open(vertx, identity, index, options.limits(), memory, BusObserver.NONE)
        .compose(this::begin);
  }

  private Future<?> begin(Lane here) {
    lane = here;
    opened =
        new HostLane(
            here,
            WorkerPorts.open(here),
            CallClient.openWithoutDispatcher(here, dispatcher, membership));
    registration = membership.listen(this);
    members.add(new NodeEcho());
    if (index == 0) {
      members.add(membership.exchange());
    }
    List<Future<?>> started = new ArrayList<>();
    members.forEach(member -> started.add(member.start(here)));
    return Future.join(started);
  }

  @Override
  public Future<?> undeploy(Context context) {
    if (lane == null) {
      return Future.succeededFuture();
    }
    registration.close();
    List<Future<?>> stopped = new ArrayList<>();
    members.forEach(member -> stopped.add(member.stop()));
    return Future.join(stopped).transform(done -> lane.close());
  }

  /** After the deployment. */
  HostLane opened() {
    return opened;
  }

  @Override
  public void changed(NodeInfo node) {
    // A lane is only told of losses.
  }

  @Override
  public void left(NodeInfo node) {
    lane.peerLeft(node.getNodeId());
  }
}
