package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Claim;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.Lease;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.SessionInfo;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.List;
import java.util.function.Function;

/** The ownership primitive on one lane. */
public final class LaneOwnership implements Ownership, LaneMember {
  private static final int MOST_LOOKS = 5;

  private final OwnershipNode node;
  private final Lane lane;
  private final LaneZero zero;
  private final LaneSessions sessions;
  private final LaneRequests requests;
  private final LaneClaims claims;
  private final LaneReads reads;

  /**
   * @param channels of the lane, for the announcements
   * @param holdsData entries may be on this node
   */
  public LaneOwnership(OwnershipNode node, Lane lane, Channels channels, boolean holdsData) {
    this.node = node;
    this.lane = lane;
    this.sessions = new LaneSessions(node, lane);
    this.requests = new LaneRequests(node, lane);
    this.reads = new LaneReads(node, lane);
    this.claims =
        new LaneClaims(node, lane, requests, sessions, new OutsideConsent(node, lane, this));
    this.zero =
        lane.endpoint().lane() == 0 ? new LaneZero(node, lane, this, channels, holdsData) : null;
  }

  @Override
  public Future<?> start(Lane same) {
    return zero == null ? Future.succeededFuture() : zero.start();
  }

  @Override
  public Future<?> stop() {
    return zero == null ? Future.succeededFuture() : zero.stop();
  }

  // ---- claims ----

  @Override
  public Future<OwnerAnswer> claim(Claim claim) {
    return claims.claim(claim);
  }

  @Override
  public Future<List<OwnerAnswer>> claimAll(Holder holder, List<String> keys) {
    return claims.claimAll(holder, keys);
  }

  private static Future<OwnerAnswer> same(OwnerAnswer answer) {
    return Future.succeededFuture(answer);
  }

  // ---- by epoch ----

  @Override
  public Future<OwnerAnswer> check(String key, long epoch) {
    return request("check", key, epoch, false, stamp -> new OwnerRequest.Check(stamp, epoch));
  }

  @Override
  public Future<OwnerAnswer> renew(String key, long epoch) {
    return check(key, epoch)
        .compose(
            answer -> {
              if (answer.code() != OwnerCode.HELD
                  || answer.record().holder().equals(node.session())) {
                return same(answer);
              }
              Holder holder = answer.record().holder();
              return sessions
                  .renew(holder, -1)
                  .map(
                      alive ->
                          alive
                              ? answer
                              : new OwnerAnswer(
                                  OwnerCode.NOT_OWNED, answer.epoch(), answer.record()));
            });
  }

  @Override
  public Future<OwnerAnswer> seal(String key, long epoch, String target) {
    Failure refused = target.isEmpty() ? null : OwnerNames.host(target);
    return refused != null
        ? Future.failedFuture(refused.toException())
        : request("seal", key, epoch, false, stamp -> new OwnerRequest.Seal(stamp, epoch, target));
  }

  @Override
  public Future<OwnerAnswer> unseal(String key, long epoch) {
    return request("unseal", key, epoch, false, stamp -> new OwnerRequest.Unseal(stamp, epoch));
  }

  @Override
  public Future<OwnerAnswer> take(String key, long epoch) {
    Failure refused = node.refusesOwn();
    if (refused != null) {
      return requests.counted("take", Future.failedFuture(refused.toException()));
    }
    return sessions
        .own()
        .compose(
            own ->
                request(
                        "take",
                        key,
                        epoch,
                        true,
                        stamp -> new OwnerRequest.Move(stamp, epoch, own, true))
                    .compose(answer -> claims.kept(key, own, answer)));
  }

  @Override
  public Future<OwnerAnswer> move(String key, long epoch, Holder to) {
    Failure refused = OwnerNames.holder(to);
    if (refused != null) {
      return Future.failedFuture(refused.toException());
    }
    return sessions
        .begun(to, -1)
        .compose(
            holder ->
                request(
                    "move",
                    key,
                    epoch,
                    true,
                    stamp -> new OwnerRequest.Move(stamp, epoch, holder, false)))
        .map(answer -> requests.noteGone(key, epoch, answer));
  }

  @Override
  public Future<OwnerAnswer> release(String key, long epoch) {
    return requests.release(key, epoch);
  }

  private Future<OwnerAnswer> request(
      String what, String key, long epoch, boolean grants, Function<Stamp, OwnerRequest> make) {
    return requests.request(what, key, epoch, grants, make);
  }

  // ---- ConfirmOwner ----

  @Override
  public Future<OwnerAnswer> confirm(ConfirmOwner request, Function<String, HostState> hosts) {
    Failure refused = OwnerNames.key(request.key());
    refused = refused == null ? OwnerNames.holder(request.newHost()) : refused;
    refused = refused == null ? OwnerNames.epoch(request.epoch()) : refused;
    refused = refused == null ? node.refusesGrants() : refused;
    return requests.counted(
        "confirm",
        refused != null
            ? Future.failedFuture(refused.toException())
            : confirm(request, hosts, node.stamp(request.requestId()), MOST_LOOKS));
  }

  private Future<OwnerAnswer> confirm(
      ConfirmOwner request, Function<String, HostState> hosts, Stamp stamp, int looks) {
    return get(request.key())
        .compose(
            record -> {
              String owner = record == null ? "" : record.owner();
              OwnerRequest.Confirm confirm =
                  new OwnerRequest.Confirm(
                      stamp,
                      request.newHost(),
                      request.reserveMillis(),
                      request.epoch(),
                      request.handoff(),
                      owner,
                      sessions.stateOf(record, hosts));
              return requests.question(request.key(), confirm);
            })
        .compose(
            answer ->
                answer.code() == OwnerCode.LOOK_AGAIN && looks > 1
                    ? confirm(request, hosts, stamp, looks - 1)
                    : same(answer));
  }

  // ---- reads ----

  @Override
  public Future<OwnerRecord> get(String key) {
    Failure refused = OwnerNames.key(key);
    return refused != null ? Future.failedFuture(refused.toException()) : reads.get(key);
  }

  @Override
  public Future<OwnerPage> list(String host, String after, int limit) {
    boolean good = limit >= 1 && limit <= OwnerPage.MOST;
    return good
        ? node.onLane(node.store().list(host, after, limit), lane)
        : Future.failedFuture(
            Failure.of(
                    FailureCode.INVALID_REQUEST,
                    "limit is " + limit + ", expected 1 to " + OwnerPage.MOST)
                .toException());
  }

  @Override
  public Runnable watch(Handler<OwnerChange> handler) {
    return watch(lane.context(), handler);
  }

  /** Told on another context. */
  public Runnable watch(Context context, Handler<OwnerChange> handler) {
    return node.watchers().add(context, handler);
  }

  @Override
  public Lease lease() {
    return lease(lane.context());
  }

  /** With its handlers on another context. */
  public Lease lease(Context context) {
    return new Lease() {
      @Override
      public Holder session() {
        return node.session();
      }

      @Override
      public long remainingMillis() {
        return node.remainingMillis();
      }

      @Override
      public Runnable onLost(Handler<Holder> handler) {
        return node.onLost(lost -> context.runOnContext(v -> handler.handle(lost)));
      }
    };
  }

  @Override
  public List<HeldKey> held() {
    return node.held().all();
  }

  @Override
  public int heldCount() {
    return node.held().size();
  }

  @Override
  public Future<Boolean> renewSession(Holder holder, long ttlMillis) {
    return sessions.renew(holder, ttlMillis);
  }

  @Override
  public Future<Void> endSession(Holder holder, String cause) {
    return sessions.end(holder, cause);
  }

  @Override
  public List<SessionInfo> sessions() {
    return node.sessions().snapshot(OwnershipNode.now());
  }

  @Override
  public SessionInfo session(Holder holder) {
    return node.sessions().info(holder, OwnershipNode.now());
  }

  @Override
  public Holder openSession(String host) {
    return node.sessions().open(host);
  }
}
