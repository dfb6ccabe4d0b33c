package io.busbar.controlplane;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.controlplane.core.HostName;
import io.busbar.gocart.wire.HealthInfo;
import io.busbar.gocart.wire.PingReply;
import io.busbar.member.Members;
import io.busbar.ownership.Ownership;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.lang.management.OperatingSystemMXBean;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures this node's health once a second, so that a Ping only reads it. The score is how late
 * the lane was meanwhile, a quarter of a second per point: 0 in time, 8 two seconds or more. All on
 * one lane.
 */
final class HealthSampler {
  private static final Logger LOG = LoggerFactory.getLogger(HealthSampler.class);
  private static final long EVERY_MILLIS = 1000;
  private static final long MILLIS_PER_POINT = 250;
  private static final long WORST = 8;

  private final Lane lane;
  private final ControlPlaneNode node;
  private final Members members;
  private final Ownership ownership;
  private final IntConsumer late;
  private long finished = -1;
  private long finishedAt;
  private Lane.Timer timer = () -> {};
  private boolean stopped;

  /**
   * @param late told each new score of this node
   */
  HealthSampler(
      Lane lane, ControlPlaneNode node, Members members, Ownership ownership, IntConsumer late) {
    this.late = late;
    this.lane = lane;
    this.node = node;
    this.members = members;
    this.ownership = ownership;
  }

  void start() {
    sample(lane.now());
  }

  void stop() {
    stopped = true;
    timer.cancel();
  }

  /** A foreign host answered a ping; one of the first version says nothing of its health. */
  void said(HostName host, PingReply reply) {
    if (reply.hasHealth()) {
      node.health().put(host, reply.getIncarnation(), reply.getHealth());
    }
  }

  private void sample(long due) {
    long now = lane.now();
    int score = score(now - due);
    late.accept(score);
    lane.context()
        .owner()
        .executeBlocking(HealthSampler::process, false)
        .onSuccess(health -> publish(health.setHealthScore(score)))
        .onFailure(cause -> LOG.warn("control plane: own health not measured", cause))
        .onComplete(
            done -> {
              if (!stopped) {
                long next = lane.now() + EVERY_MILLIS;
                timer = lane.timer(EVERY_MILLIS, () -> sample(next));
              }
            });
  }

  static int score(long lateMillis) {
    return (int) Math.min(WORST, Math.max(0, lateMillis) / MILLIS_PER_POINT);
  }

  private void publish(HealthInfo.Builder health) {
    View view = node.view();
    NodeInfo self = members.self();
    health
        .setGrainCount(ownership.heldCount())
        .setDraining(self.getDraining() || view.state().isLeaving())
        .setVersion(self.getVersion())
        .setZone(node.options().zone())
        .putAllLabels(node.options().labels());
    load(health, node.load(), lane.now());
    node.health().put(view.self(), self.getStartedAt(), health.build());
    Set<HostName> known = new HashSet<>(view.foreign().keySet());
    known.add(view.self());
    node.health().retain(known);
  }

  private void load(HealthInfo.Builder health, NodeLoad load, long now) {
    health
        .setRemoteGrainCount(load.otherKeys())
        .setMailboxBacklog(load.waiting())
        .setP99LatencyMs(load.p99Millis())
        .setCapacityGrains(load.mostKeys());
    if (finished >= 0 && now > finishedAt) {
      health.setOpsPerSecond(1000.0 * (load.finished() - finished) / (now - finishedAt));
    }
    finished = load.finished();
    finishedAt = now;
  }

  /** Reads files of the system. Negative = the system does not say. */
  private static HealthInfo.Builder process() {
    HealthInfo.Builder health = HealthInfo.newBuilder();
    OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    if (system instanceof com.sun.management.OperatingSystemMXBean more) {
      health.setCpuUtilization(Math.max(0, more.getProcessCpuLoad()));
    }
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    return health
        .setLoadAvg1M(Math.max(0, system.getSystemLoadAverage()))
        .setHeapUsedBytes(heap.getUsed())
        .setHeapMaxBytes(Math.max(0, heap.getMax()))
        .setUptimeMs(ManagementFactory.getRuntimeMXBean().getUptime());
  }
}
