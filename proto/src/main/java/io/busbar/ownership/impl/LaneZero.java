package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.ClockReading;
import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.ownership.Holder;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.OwnershipServices;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node does for ownership besides requests; on its lane 0. */
final class LaneZero {
  private static final Logger LOG = LoggerFactory.getLogger(LaneZero.class);

  private final OwnershipNode node;
  private final Lane lane;
  private final Ownership ownership;
  private final boolean holdsData;
  private final SessionKeeper keeper;
  private final SessionWatch watch;
  private final SkewGuard skew;
  private final Tombstones tombstones;
  private final Announcer announcer;
  private final FreedKeys freed;
  private final Restoring restoring;
  private final AfterMerge afterMerge;
  private final AtomicBoolean planned = new AtomicBoolean();

  LaneZero(
      OwnershipNode node, Lane lane, Ownership ownership, Channels channels, boolean holdsData) {
    this.node = node;
    this.lane = lane;
    this.ownership = ownership;
    this.holdsData = holdsData;
    keeper = new SessionKeeper(node, lane);
    watch = new SessionWatch(node, lane);
    skew = new SkewGuard(node, lane);
    tombstones = new Tombstones(node, lane);
    announcer = new Announcer(node, lane, channels);
    freed = new FreedKeys(node, lane, announcer);
    restoring = new Restoring(node, lane);
    afterMerge = new AfterMerge(node, lane);
  }

  Lane lane() {
    return lane;
  }

  SessionKeeper keeper() {
    return keeper;
  }

  Restoring restoring() {
    return restoring;
  }

  SkewGuard skew() {
    return skew;
  }

  Future<Void> start() {
    Vertx vertx = lane.context().owner();
    lane.serve(
        OwnershipServices.CLOCK,
        asked -> Future.succeededFuture(ClockReading.newBuilder().setTime(node.clock()).build()));
    return node.watchers()
        .start(vertx)
        .map(
            v -> {
              node.opened(this);
              skew.start();
              loadSessions();
              if (holdsData) {
                tombstones.start();
              }
              keeper.start();
              restoring.start();
              afterMerge.start();
              return null;
            });
  }

  private void loadSessions() {
    node.onLane(node.store().sessions(), lane)
        .onSuccess(
            all -> {
              all.forEach(node::learn);
              planWatch();
            })
        .onFailure(
            cause -> LOG.warn("holder sessions were not read: {}", Failure.of(cause).detail()));
  }

  /** Any thread. */
  void planWatch() {
    // A look at all sessions: once for all that is learned in one turn.
    if (holdsData && planned.compareAndSet(false, true)) {
      lane.context()
          .runOnContext(
              v -> {
                planned.set(false);
                watch.plan();
              });
    }
  }

  /** Any thread. */
  void announce(OwnerChange change) {
    if (holdsData) {
      announcer.add(change);
    }
  }

  /** Any thread. */
  void sessionEnded(Holder session) {
    if (holdsData) {
      lane.context().runOnContext(v -> freed.ended(session));
    }
  }

  /** Any thread. */
  void arrived(int partition) {
    if (holdsData) {
      lane.context().runOnContext(v -> freed.arrived(partition));
    }
  }

  /** Any thread. */
  Future<Void> giveBack() {
    Promise<Void> done = Promise.promise();
    lane.context().runOnContext(v -> new GivingBack(ownership).run().onComplete(done));
    return done.future();
  }

  Future<Void> stop() {
    watch.stop();
    freed.stop();
    restoring.stop();
    afterMerge.stop();
    tombstones.stop();
    skew.stop();
    return keeper
        .stop()
        .transform(
            ended -> {
              announcer.stop();
              node.closed();
              return node.watchers().stop();
            });
  }
}
