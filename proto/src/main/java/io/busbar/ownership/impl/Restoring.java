package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.OwnerKept;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.map.OwnerCodec;
import io.busbar.ownership.rules.SessionRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what this node's disk has of owners, as soon as a majority of the nodes is there:
 * first the floor, then sessions and keys, each unless the cluster has something newer. Until then
 * this node grants nothing. Sessions of nodes of ours are of processes that are over; one without a
 * record is watched like any that is not renewed. On lane 0.
 */
final class Restoring implements Members.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Restoring.class);
  private static final int AT_ONCE = 1000;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 5_000;

  private final OwnershipNode node;
  private final Lane lane;
  private final OwnerDisk disk;
  private final Set<Holder> holders = new HashSet<>();
  private Members.Registration registration;
  private boolean begun;
  private boolean closed;
  private volatile boolean done;

  Restoring(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
    this.disk = node.disk();
  }

  void start() {
    if (disk == null || disk.before() == 0) {
      done = true;
      return;
    }
    registration = node.members().listen(this);
    begin();
  }

  void stop() {
    closed = true;
    if (registration != null) {
      registration.close();
    }
  }

  /** Null = all is back. Any thread. */
  Failure refusal() {
    return done
        ? null
        : Failure.of(
                FailureCode.UNAVAILABLE, "owners from before the stop are still being brought back")
            .at(node.name(), "");
  }

  @Override
  public void changed(NodeInfo other) {
    begin();
  }

  @Override
  public void left(NodeInfo other) {
    // Fewer nodes are no reason to begin.
  }

  private void begin() {
    if (begun || closed || node.refusesWrites() != null) {
      return;
    }
    begun = true;
    surely(() -> node.store().raiseFloor(disk.floorBefore()))
        .onSuccess(node::floor)
        .compose(floor -> part(0))
        .compose(v -> judgeHolders())
        .onSuccess(
            v -> {
              done = true;
              LOG.info("{} records of owners from before are looked through", disk.before());
            });
  }

  private Future<Void> part(int from) {
    if (from >= disk.before()) {
      return Future.succeededFuture();
    }
    return surely(() -> lane.context().owner().executeBlocking(() -> disk.before(from, AT_ONCE)))
        .compose(this::bring)
        .compose(v -> part(from + AT_ONCE));
  }

  private Future<Void> bring(List<OwnerKept> records) {
    Map<String, byte[]> keys = new HashMap<>();
    List<Future<?>> sessions = new ArrayList<>();
    for (OwnerKept kept : records) {
      if (kept.hasSession()) {
        sessions.add(session(OwnerCodec.holder(kept), OwnerCodec.session(kept)));
      } else if (kept.hasEntry()) {
        OwnerRecord record = OwnerCodec.record(kept);
        keys.put(kept.getKey(), kept.getEntry().toByteArray());
        if (record.isHeld()) {
          holders.add(record.holder());
        }
      }
    }
    return Future.all(sessions).compose(v -> bring(keys));
  }

  /** Until all are decided. */
  private Future<Void> bring(Map<String, byte[]> keys) {
    return surely(
            () ->
                node.store()
                    .restore(keys, node.floor())
                    .compose(
                        decided -> {
                          keys.keySet().removeAll(decided);
                          return keys.isEmpty()
                              ? Future.succeededFuture()
                              : Future.failedFuture(keys.size() + " keys were not decided");
                        }))
        .mapEmpty();
  }

  private Future<?> session(Holder holder, SessionRecord record) {
    boolean earlier = holder.host().equals(node.name()) && !holder.equals(node.session());
    SessionRequest request =
        earlier && !record.ended()
            ? new SessionRequest.End(node.clock(), "the node started anew")
            : new SessionRequest.Restore(node.clock(), record);
    return surely(() -> node.store().session(holder, request))
        .onSuccess(after -> node.learn(holder, after));
  }

  /** Whose session left no record must renew it, or is ended after its time. */
  private Future<Void> judgeHolders() {
    List<Future<?>> ends = new ArrayList<>();
    for (Holder holder : holders) {
      if (holder.incarnation() == 0 || node.sessions().of(holder) != null) {
        continue;
      } else if (holder.host().equals(node.name())) {
        SessionRequest end = new SessionRequest.End(node.clock(), "the node started anew");
        ends.add(surely(() -> node.store().session(holder, end)));
      } else {
        node.sessions().absent(holder, OwnershipNode.now());
      }
    }
    holders.clear();
    node.planWatch();
    return Future.all(ends).mapEmpty();
  }

  private interface Trying<T> {
    Future<T> once();
  }

  /** Tried until it succeeds or this stops. */
  private <T> Future<T> surely(Trying<T> trying) {
    Promise<T> sure = Promise.promise();
    attempt(trying, sure, FIRST_PAUSE_MILLIS);
    return sure.future();
  }

  private <T> void attempt(Trying<T> trying, Promise<T> sure, long pause) {
    node.onLane(trying.once(), lane)
        .onSuccess(sure::complete)
        .onFailure(
            cause -> {
              if (closed) {
                sure.fail(cause);
                return;
              }
              LOG.info("owners from before wait: {}", Failure.of(cause).detail());
              long next = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
              lane.timer(pause, () -> attempt(trying, sure, next));
            });
  }
}
