package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.rules.SessionRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;

/** Holder sessions as requests of one lane need them. */
final class LaneSessions {
  /** Ended ones too. */
  private static final int MOST = 100_000;

  private final OwnershipNode node;
  private final Lane lane;

  LaneSessions(OwnershipNode node, Lane lane) {
    this.node = node;
    this.lane = lane;
  }

  /** This node's, once it is surely alive. */
  Future<Holder> own() {
    LaneZero running = node.zero();
    if (running == null) {
      return Future.failedFuture(
          Failure.of(FailureCode.UNAVAILABLE, "ownership is not running on this node")
              .toException());
    } else if (running.lane() == lane) {
      return running.keeper().alive();
    } else if (node.remainingMillis() > 0) {
      return Future.succeededFuture(node.session());
    }
    Promise<Holder> alive = Promise.promise();
    running
        .lane()
        .context()
        .runOnContext(
            v ->
                running
                    .keeper()
                    .alive()
                    .onComplete(done -> lane.context().runOnContext(back -> alive.handle(done))));
    return alive.future();
  }

  /** That of a holder, begun now unless it is known. */
  Future<Holder> begun(Holder holder, long ttlMillis) {
    SessionView.Seen seen = node.sessions().of(holder);
    boolean known = seen != null && seen.record() != null && !seen.isEnded();
    return known
        ? Future.succeededFuture(holder)
        : renew(holder, ttlMillis)
            .compose(
                alive ->
                    alive
                        ? Future.succeededFuture(holder)
                        : Future.failedFuture(
                            Failure.of(
                                    FailureCode.CONFLICT,
                                    "the session "
                                        + holder
                                        + " is over, expected a new incarnation")
                                .toException()));
  }

  /**
   * The holder of a refused key, if its keys may be taken; null in the future = they may not. The
   * record of its session is read: that of another node's end may not have been heard of yet.
   */
  Future<Holder> endedOwner(OwnerAnswer answer) {
    if (answer.code() != OwnerCode.OWNED_BY_OTHER) {
      return Future.succeededFuture();
    }
    Holder owner = answer.record().holder();
    if (node.sessions().isEnded(owner) || node.hostState(owner.host()) == HostState.GONE) {
      return Future.succeededFuture(owner);
    }
    return node.onLane(node.store().session(owner), lane)
        .map(
            record -> {
              if (record != null) {
                node.learn(owner, record);
                return record.ended() ? owner : null;
              }
              missing(owner);
              return null;
            });
  }

  /** A session without a record may have lost it: from now on it is watched for. */
  private void missing(Holder owner) {
    boolean ours = owner.incarnation() != 0 && node.hostState(owner.host()) == HostState.UNKNOWN;
    if (ours) {
      node.sessions().absent(owner, OwnershipNode.now());
      node.planWatch();
    }
  }

  /** What is known of who holds a key. */
  HostState stateOf(OwnerRecord record, Function<String, HostState> hosts) {
    if (record == null || !record.isHeld()) {
      return HostState.UNKNOWN;
    }
    SessionView.Seen seen = node.sessions().of(record.holder());
    if (seen != null && seen.record() != null) {
      return seen.isEnded() ? HostState.GONE : HostState.ALIVE;
    }
    return hosts.apply(record.owner());
  }

  Future<Boolean> renew(Holder holder, long ttlMillis) {
    SessionView.Seen seen = node.sessions().of(holder);
    Failure refused = OwnerNames.holder(holder);
    refused = refused == null ? node.refusesWrites() : refused;
    if (refused == null && seen == null && node.sessions().size() >= MOST) {
      refused = Failure.of(FailureCode.TOO_MANY_REQUESTS, "there are too many holder sessions");
    }
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    boolean known = seen != null && seen.record() != null;
    long usual = known ? seen.record().ttlMillis() : node.options().ttlMillis();
    SessionRequest renew =
        new SessionRequest.Renew(node.clock(), ttlMillis < 0 ? usual : ttlMillis);
    return node.onLane(node.store().session(holder, renew), lane)
        .map(
            record -> {
              node.learn(holder, record);
              node.planWatch();
              return !record.ended();
            });
  }

  Future<Void> end(Holder holder, String cause) {
    Failure refused = node.refusesWrites();
    return refused != null
        ? Future.failedFuture(refused.toException())
        : node.onLane(
                node.store().session(holder, new SessionRequest.End(node.clock(), cause)), lane)
            .map(
                record -> {
                  node.learn(holder, record);
                  return null;
                });
  }
}
