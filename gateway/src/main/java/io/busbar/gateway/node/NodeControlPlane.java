package io.busbar.gateway.node;

import io.busbar.bus.LaneMember;
import io.busbar.controlplane.ControlPlaneFront;
import io.busbar.controlplane.ControlPlaneNode;
import io.busbar.controlplane.NodeLoad;
import io.busbar.controlplane.core.OwnWeight;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.Front;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.member.ClusterSize;
import io.busbar.member.Membership;
import io.busbar.metrics.Latencies;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.impl.OwnershipNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The control plane's part in a node: a port on each lane, and a desk on the first. */
final class NodeControlPlane {
  private final FrontSettings settings;
  private final Duration drainTimeout;
  private final Membership membership;
  private final TlsPorts tls;
  private final ControlPlaneNode node;
  private volatile ControlPlaneFront front;

  NodeControlPlane(
      Config config,
      Membership membership,
      TlsPorts tls,
      MeterRegistry meters,
      Latencies latencies,
      OwnershipNode ownership) {
    this.settings = config.front(Front.CONTROL_PLANE);
    this.drainTimeout = config.node().drainTimeout();
    this.membership = membership;
    this.tls = tls;
    this.node =
        settings.enabled()
            ? new ControlPlaneNode(
                config.controlPlane(),
                tls.customizer(Front.CONTROL_PLANE),
                () -> tls.port(Front.CONTROL_PLANE).material().clientOptions(),
                new Load(meters, latencies, ownership, config.ownership().maxKeys()),
                meters)
            : null;
    if (node != null) {
      ownership.hosts(node::standing);
      ownership.outside(node::vote);
    }
  }

  /** Adds what lives on a lane; after its ownership. */
  void add(List<LaneMember> members, boolean first, Ownership ownership) {
    if (node == null) {
      return;
    }
    ControlPlaneFront here = new ControlPlaneFront(node, membership, lane -> ownership);
    members.add(FrontPort.http(here, here::server, settings, tls.port(Front.CONTROL_PLANE)));
    front = here;
    if (first) {
      // After the port, whose number it tells to others.
      members.add(
          ControlPlaneFront.desk(node, membership, this::weight, lane -> ownership, drainTimeout));
    }
  }

  /** Out of the meters of calls; asked on one lane. */
  private static final class Load implements Supplier<NodeLoad> {
    private final MeterRegistry meters;
    private final Latencies latencies;
    private final OwnershipNode ownership;
    private final long mostKeys;

    Load(MeterRegistry meters, Latencies latencies, OwnershipNode ownership, long mostKeys) {
      this.meters = meters;
      this.latencies = latencies;
      this.ownership = ownership;
      this.mostKeys = mostKeys;
    }

    @Override
    public NodeLoad get() {
      double waiting = 0;
      for (Gauge queue : meters.find("busbar.queue.length").gauges()) {
        waiting += Math.max(0, queue.value());
      }
      double finished = 0;
      for (Counter calls : meters.find("busbar.calls").counters()) {
        finished += calls.count();
      }
      return new NodeLoad(
          Math.round(waiting),
          Math.round(finished),
          latencies.sinceLastLook(0.99),
          ownership.otherKeys(),
          mostKeys);
    }
  }

  /** Takes over which foreign hosts the configuration names. */
  void reload(Config changed) {
    if (node != null) {
      node.peers(changed.controlPlane().peers());
    }
  }

  /** Sets who ends this node when it was fenced for too long. */
  void onMustEnd(Consumer<String> end) {
    if (node != null) {
      node.onMustEnd(end);
    }
  }

  private OwnWeight weight() {
    ClusterSize size = membership.size();
    return new OwnWeight(size.present(), size.size(), size.hasMajority());
  }

  /** Enters the port that is listened on. */
  void port(Ports ports) {
    if (front != null) {
      ports.set("control-plane", settings.host(), front.port());
    }
  }
}
