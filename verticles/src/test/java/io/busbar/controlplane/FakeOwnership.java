package io.busbar.controlplane;

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
import io.busbar.ownership.rules.Decision;
import io.busbar.ownership.rules.OwnerRequest;
import io.busbar.ownership.rules.OwnerRules;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The real rules over a map in memory; every future is complete at once. Thread-safe. */
final class FakeOwnership implements Ownership {
  private final TreeMap<String, OwnerRecord> records = new TreeMap<>();
  private final List<Handler<OwnerChange>> watchers = new CopyOnWriteArrayList<>();
  private final AtomicLong ids = new AtomicLong();
  private final Holder self;

  FakeOwnership(String node) {
    self = new Holder(node, 7);
  }

  private OwnerRequest.Stamp stamp(long id) {
    long given = id == 0 ? -ids.incrementAndGet() : id;
    return new OwnerRequest.Stamp(given, System.currentTimeMillis(), 0);
  }

  private synchronized OwnerAnswer decide(String key, OwnerRequest request) {
    OwnerRecord before = records.get(key);
    Decision decision = OwnerRules.decide(key, before, request);
    if (decision.after() != null) {
      records.put(key, decision.after());
    }
    if (decision.answer().code() == OwnerCode.GRANTED) {
      Holder previous = before == null ? null : before.holder();
      OwnerChange.Kind kind =
          before != null && before.isHeld() ? OwnerChange.Kind.MOVED : OwnerChange.Kind.CLAIMED;
      OwnerChange change = new OwnerChange(kind, key, decision.after(), previous, 0, 0);
      watchers.forEach(watcher -> watcher.handle(change));
    }
    return decision.answer();
  }

  @Override
  public Future<OwnerAnswer> claim(Claim claim) {
    Holder holder = claim.holder() == null ? self : claim.holder();
    return Future.succeededFuture(
        decide(
            claim.key(),
            new OwnerRequest.ClaimKey(stamp(claim.requestId()), holder, null, claim.proposed())));
  }

  @Override
  public Future<OwnerAnswer> confirm(ConfirmOwner request, Function<String, HostState> hosts) {
    OwnerRecord now = record(request.key());
    String owner = now == null ? "" : now.owner();
    Long lease = now == null || !now.isHeld() ? null : leases.get(now.holder());
    HostState state = owner.equals(self.host()) ? HostState.ALIVE : hosts.apply(owner);
    if (lease != null) {
      state = lease < 0 ? HostState.GONE : HostState.ALIVE;
    }
    return Future.succeededFuture(
        decide(
            request.key(),
            new OwnerRequest.Confirm(
                stamp(request.requestId()),
                request.newHost(),
                request.reserveMillis(),
                request.epoch(),
                request.handoff(),
                owner,
                state)));
  }

  /** Makes the last change of a key older. */
  synchronized void age(String key, long millis) {
    records.computeIfPresent(
        key,
        (k, r) ->
            new OwnerRecord(
                k,
                r.state(),
                r.holder(),
                r.epoch(),
                r.target(),
                r.reservation(),
                r.changed() - millis,
                r.done()));
  }

  synchronized OwnerRecord record(String key) {
    return records.get(key);
  }

  @Override
  public Future<OwnerRecord> get(String key) {
    return Future.succeededFuture(record(key));
  }

  @Override
  public synchronized Future<OwnerPage> list(String host, String after, int limit) {
    List<OwnerRecord> found = new ArrayList<>();
    for (OwnerRecord record : records.tailMap(after, false).values()) {
      if (record.isHeld() && (host.isEmpty() || record.owner().equals(host))) {
        if (found.size() == limit) {
          return Future.succeededFuture(new OwnerPage(found, true));
        }
        found.add(record);
      }
    }
    return Future.succeededFuture(new OwnerPage(found, false));
  }

  @Override
  public Runnable watch(Handler<OwnerChange> handler) {
    watchers.add(handler);
    return () -> watchers.remove(handler);
  }

  @Override
  public Future<OwnerAnswer> release(String key, long epoch) {
    return Future.succeededFuture(decide(key, new OwnerRequest.Release(stamp(0), epoch)));
  }

  @Override
  public synchronized List<HeldKey> held() {
    return records.values().stream()
        .filter(record -> record.isHeldBy(self))
        .map(record -> new HeldKey(record.key(), record.epoch()))
        .toList();
  }

  @Override
  public List<SessionInfo> sessions() {
    return List.of(new SessionInfo(self, false, 10_000, 10_000, "", 0));
  }

  private static UnsupportedOperationException notHere() {
    return new UnsupportedOperationException("the control plane does not use this");
  }

  @Override
  public Future<OwnerAnswer> check(String key, long epoch) {
    throw notHere();
  }

  @Override
  public Future<OwnerAnswer> renew(String key, long epoch) {
    throw notHere();
  }

  @Override
  public Future<OwnerAnswer> seal(String key, long epoch, String target) {
    throw notHere();
  }

  @Override
  public Future<OwnerAnswer> unseal(String key, long epoch) {
    throw notHere();
  }

  @Override
  public Future<OwnerAnswer> take(String key, long epoch) {
    throw notHere();
  }

  @Override
  public Future<OwnerAnswer> move(String key, long epoch, Holder to) {
    throw notHere();
  }

  @Override
  public Lease lease() {
    return new Lease() {
      @Override
      public Holder session() {
        return self;
      }

      @Override
      public long remainingMillis() {
        return 10_000;
      }

      @Override
      public Runnable onLost(Handler<Holder> handler) {
        throw notHere();
      }
    };
  }

  /** Leases by holder, ms; negative = ended. */
  final Map<Holder, Long> leases = new ConcurrentHashMap<>();

  @Override
  public Future<Boolean> renewSession(Holder holder, long ttlMillis) {
    return Future.succeededFuture(
        leases.merge(holder, ttlMillis, (old, now) -> old < 0 ? old : now) >= 0);
  }

  @Override
  public SessionInfo session(Holder holder) {
    return null;
  }

  @Override
  public Holder openSession(String host) {
    return host.equals(self.host())
        ? self
        : leases.entrySet().stream()
            .filter(lease -> lease.getValue() >= 0 && lease.getKey().host().equals(host))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(null);
  }

  @Override
  public Future<Void> endSession(Holder holder, String cause) {
    leases.put(holder, -1L);
    return Future.succeededFuture();
  }
}
