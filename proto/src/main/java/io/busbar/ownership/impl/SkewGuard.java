package io.busbar.ownership.impl;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.ClockReading;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.ownership.OwnershipServices;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this node's clock with the others': of each node that appears, and of all every ten
 * seconds. Differs it from more than half of them by more than the largest skew, even if all of the
 * time on the way is taken off, this node grants nothing. On lane 0; results are for any thread.
 */
final class SkewGuard implements Members.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(SkewGuard.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long ROUND_MILLIS = 10_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final Map<String, Long> offsets = new HashMap<>();
  private Members.Registration registration;
  private boolean closed;
  private volatile Failure refusal;
  private volatile long skewMillis;

  SkewGuard(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  void start() {
    registration = node.members().listen(this);
    lane.timer(ROUND_MILLIS, this::round);
  }

  void stop() {
    closed = true;
    registration.close();
  }

  /** Null = the clock is good. Any thread. */
  Failure refusal() {
    return refusal;
  }

  /** Median of what the others' clocks are ahead of this one, ms. Any thread. */
  long skewMillis() {
    return skewMillis;
  }

  @Override
  public void changed(NodeInfo other) {
    boolean self = other.getNodeId().equals(lane.endpoint().node());
    if (!self && other.getGateway() && !offsets.containsKey(other.getNodeId())) {
      measure(other.getNodeId());
    }
  }

  @Override
  public void left(NodeInfo other) {
    if (offsets.remove(other.getNodeId()) != null) {
      judge();
    }
  }

  private void round() {
    if (closed) {
      return;
    }
    for (NodeInfo other : node.members().nodes()) {
      if (other.getGateway() && !other.getNodeId().equals(lane.endpoint().node())) {
        measure(other.getNodeId());
      }
    }
    lane.timer(ROUND_MILLIS, this::round);
  }

  private void measure(String nodeId) {
    long sent = lane.now();
    ClockReading own = ClockReading.newBuilder().setTime(node.clock()).build();
    lane.ask(new Endpoint(nodeId, 0), OwnershipServices.CLOCK, own, PATIENCE)
        .onSuccess(
            theirs -> {
              long way = lane.now() - sent;
              long offset = theirs.getTime() - node.clock() + way / 2;
              // Only what is certain counts.
              long certain = Math.max(0, Math.abs(offset) - way / 2 - 1);
              if (node.members().byId(nodeId) != null) {
                offsets.put(nodeId, Long.signum(offset) * certain);
                judge();
              }
            })
        .onFailure(cause -> LOG.debug("node {} does not tell its clock", nodeId, cause));
  }

  private void judge() {
    long most = node.options().maxSkewMillis();
    long off = offsets.values().stream().filter(offset -> Math.abs(offset) > most).count();
    long[] sorted = offsets.values().stream().mapToLong(Long::longValue).toArray();
    Arrays.sort(sorted);
    skewMillis = sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    boolean refused = off * 2 > offsets.size();
    if (refused && refusal == null) {
      LOG.error(
          "this node's clock differs from most others' by {} ms, ownership.max-skew is {} ms: it"
              + " grants nothing until the clocks agree",
          skewMillis,
          most);
    } else if (!refused && refusal != null) {
      LOG.info("this node's clock agrees with the others' again");
    }
    refusal =
        refused
            ? Failure.of(
                    FailureCode.CLOCK_SKEW,
                    "this node's clock differs from the others' by "
                        + Math.abs(skewMillis)
                        + " ms, ownership.max-skew is "
                        + most
                        + " ms")
                .at(node.name(), "")
            : null;
  }
}
