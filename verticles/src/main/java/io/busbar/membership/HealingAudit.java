package io.busbar.membership;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.member.NodeServices;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Probes the other nodes' inboxes from one lane: at once when a node comes, then every interval,
 * and sooner while one does not answer. Lane 0 asks every lane of a node, the others one each, so
 * that every inbox of the peer is asked and every inbox of this node is answered to.
 */
public final class HealingAudit implements LaneMember {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long AGAIN_MILLIS = 500;

  private final Members members;
  private final Reachability reachability;
  private final Repair repair;
  private final Duration interval;
  private final Timer roundTrips;
  private final Counter unanswered;
  private final Map<Endpoint, Lane.Timer> timers = new HashMap<>();
  private Lane lane;
  private Members.Registration registration;
  private Lane.Timer checks;

  /**
   * @param interval between two probes of an inbox that answers
   */
  public HealingAudit(
      Members members,
      Reachability reachability,
      Repair repair,
      Duration interval,
      MeterRegistry meters) {
    this.members = members;
    this.reachability = reachability;
    this.repair = repair;
    this.interval = interval;
    roundTrips =
        Timer.builder("busbar.bus.roundtrip")
            .description("Question and answer between inboxes of two nodes")
            .publishPercentiles(0.5, 0.99)
            .register(meters);
    unanswered =
        Counter.builder("busbar.audit.findings").tag("kind", "unanswered").register(meters);
  }

  @Override
  public Future<?> start(Lane on) {
    lane = on;
    registration =
        members.listen(
            new Members.Listener() {
              @Override
              public void changed(NodeInfo node) {
                joined(node);
              }

              @Override
              public void left(NodeInfo node) {
                gone(node);
              }
            });
    if (on.endpoint().lane() == 0) {
      checkLater();
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    registration.close();
    timers.values().forEach(Lane.Timer::cancel);
    timers.clear();
    if (checks != null) {
      checks.cancel();
    }
    lane = null;
    return Future.succeededFuture();
  }

  private void checkLater() {
    checks =
        lane.timer(
            interval.toMillis(),
            () -> {
              repair.request();
              checkLater();
            });
  }

  private void joined(NodeInfo node) {
    if (lane == null || node.getNodeId().equals(lane.node().id())) {
      return;
    }
    int own = lane.endpoint().lane();
    int lanes = Math.max(1, node.getLanes());
    for (int peerLane = 0; peerLane < lanes; peerLane++) {
      Endpoint to = new Endpoint(node.getNodeId(), peerLane);
      boolean mine = own == 0 || peerLane == own % lanes;
      if (mine && !timers.containsKey(to)) {
        probe(to);
      }
    }
  }

  private void gone(NodeInfo node) {
    timers
        .entrySet()
        .removeIf(
            entry -> {
              boolean its = entry.getKey().node().equals(node.getNodeId());
              if (its) {
                entry.getValue().cancel();
              }
              return its;
            });
    reachability.left(node.getNodeId());
    if (lane != null && lane.endpoint().lane() == 0) {
      repair.request();
    }
  }

  private void probe(Endpoint to) {
    timers.put(to, () -> {});
    long start = System.nanoTime();
    lane.ask(to, NodeServices.ECHO, Empty.getDefaultInstance(), PATIENCE)
        .onComplete(
            done -> {
              if (lane == null || !timers.containsKey(to)) {
                return;
              }
              // A node that does not know the service did answer.
              boolean answered =
                  done.succeeded()
                      || Failure.of(done.cause()).code() == FailureCode.NOT_IMPLEMENTED;
              if (answered) {
                roundTrips.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
              } else {
                unanswered.increment();
                repair.request();
              }
              reachability.probed(to.node(), lane.endpoint().lane(), to.lane(), answered);
              long delay = answered ? interval.toMillis() : AGAIN_MILLIS;
              timers.put(to, lane.timer(delay, () -> probe(to)));
            });
  }
}
