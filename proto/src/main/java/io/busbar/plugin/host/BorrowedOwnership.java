package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.ownership.Claim;
import io.busbar.ownership.ConfirmOwner;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.Lease;
import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerPage;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.Ownership;
import io.busbar.ownership.SessionInfo;
import io.busbar.ownership.impl.LaneOwnership;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** A lane's ownership for use on another context: answers and changes come there. */
public final class BorrowedOwnership implements Ownership {
  private final Lane lane;
  private final LaneOwnership real;
  private final ContextInternal user;

  public BorrowedOwnership(HostLane from, Context user) {
    this.lane = from.lane();
    this.real = from.ownership();
    this.user = (ContextInternal) user;
  }

  private <T> Future<T> ask(Supplier<Future<T>> question) {
    Promise<T> answer = user.promise();
    lane.context().runOnContext(v -> Attempt.of(question).onComplete(answer));
    return answer.future();
  }

  @Override
  public Future<OwnerAnswer> claim(Claim claim) {
    return ask(() -> real.claim(claim));
  }

  @Override
  public Future<List<OwnerAnswer>> claimAll(Holder holder, List<String> keys) {
    return ask(() -> real.claimAll(holder, keys));
  }

  @Override
  public Future<OwnerAnswer> check(String key, long epoch) {
    return ask(() -> real.check(key, epoch));
  }

  @Override
  public Future<OwnerAnswer> renew(String key, long epoch) {
    return ask(() -> real.renew(key, epoch));
  }

  @Override
  public Future<OwnerAnswer> seal(String key, long epoch, String target) {
    return ask(() -> real.seal(key, epoch, target));
  }

  @Override
  public Future<OwnerAnswer> unseal(String key, long epoch) {
    return ask(() -> real.unseal(key, epoch));
  }

  @Override
  public Future<OwnerAnswer> take(String key, long epoch) {
    return ask(() -> real.take(key, epoch));
  }

  @Override
  public Future<OwnerAnswer> move(String key, long epoch, Holder to) {
    return ask(() -> real.move(key, epoch, to));
  }

  @Override
  public Future<OwnerAnswer> release(String key, long epoch) {
    return ask(() -> real.release(key, epoch));
  }

  /** Here {@code hosts} is asked on the lane, and must not block. */
  @Override
  public Future<OwnerAnswer> confirm(ConfirmOwner request, Function<String, HostState> hosts) {
    return ask(() -> real.confirm(request, hosts));
  }

  @Override
  public Future<OwnerRecord> get(String key) {
    return ask(() -> real.get(key));
  }

  @Override
  public Future<OwnerPage> list(String host, String after, int limit) {
    return ask(() -> real.list(host, after, limit));
  }

  @Override
  public Runnable watch(Handler<OwnerChange> handler) {
    return real.watch(user, handler);
  }

  @Override
  public Lease lease() {
    return real.lease(user);
  }

  @Override
  public List<HeldKey> held() {
    return real.held();
  }

  @Override
  public int heldCount() {
    return real.heldCount();
  }

  @Override
  public Future<Boolean> renewSession(Holder holder, long ttlMillis) {
    return ask(() -> real.renewSession(holder, ttlMillis));
  }

  @Override
  public Future<Void> endSession(Holder holder, String cause) {
    return ask(() -> real.endSession(holder, cause));
  }

  @Override
  public List<SessionInfo> sessions() {
    return real.sessions();
  }

  @Override
  public SessionInfo session(Holder holder) {
    return real.session(holder);
  }

  @Override
  public Holder openSession(String host) {
    return real.openSession(host);
  }
}
