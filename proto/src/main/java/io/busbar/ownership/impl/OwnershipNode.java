package io.busbar.ownership.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.OwnerKept;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.ownership.Holder;
import io.busbar.ownership.HostState;
import io.busbar.ownership.OutsideVote;
import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnerCode;
import io.busbar.ownership.OwnerRecord;
import io.busbar.ownership.OwnershipObserver;
import io.busbar.ownership.OwnershipOptions;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.map.OwnerCodec;
import io.busbar.ownership.map.OwnerGuard;
import io.busbar.ownership.map.OwnerStore;
import io.busbar.ownership.rules.OwnerRequest.Stamp;
import io.busbar.ownership.rules.SessionRecord;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** What the lanes of a node share for ownership. Thread-safe. */
public final class OwnershipNode implements OwnerGuard, OwnerStore.Listener {
  /** Changes of entries that came here before the lanes did; more are left out. */
  private static final int MOST_EARLY = 65_536;

  private final Members members;
  private final BooleanSupplier majority;
  private final OwnerStore store;
  private final KeyCount count;
  private final OwnershipOptions options;
  private final OwnershipObserver observer;
  private final LongSupplier clock;
  private final OwnerDisk disk;
  private final SessionView sessions;
  private final Watchers watchers = new Watchers(this::heard);
  private final HeldKeys held = new HeldKeys();
  private final List<Handler<Holder>> lossHandlers = new CopyOnWriteArrayList<>();
  private final OutsidePolls polls = new OutsidePolls();
  private final Queue<OwnerChange> early = new ConcurrentLinkedQueue<>();
  private volatile long floor;
  private volatile LaneZero zero;
  private volatile boolean draining;
  private volatile Function<String, HostState> hosts = host -> HostState.UNKNOWN;

  /**
   * @param majority whether enough nodes are there to change anything
   * @param keysHere records whose entries this member holds
   * @param clock ms since 1970
   * @param disk where records are kept over a stop, null = nowhere
   */
  public OwnershipNode(
      Members members,
      BooleanSupplier majority,
      OwnerStore store,
      LongSupplier keysHere,
      OwnershipOptions options,
      OwnershipObserver observer,
      LongSupplier clock,
      OwnerDisk disk) {
    this.members = members;
    this.majority = majority;
    this.store = store;
    this.count = new KeyCount(members, keysHere);
    this.options = options;
    this.observer = observer;
    this.clock = clock;
    this.disk = disk;
    this.sessions = new SessionView(options.marginMillis());
  }

  /**
   * Sets what is known of hosts that are no nodes of ours and hold keys without a session; asked on
   * the lanes, must not block. A claim may take the keys of one that is GONE.
   */
  public void hosts(Function<String, HostState> judge) {
    hosts = judge;
  }

  /** Sets who is asked before a claim that was granted here is told to the claimant. */
  public void outside(OutsideVote voters) {
    polls.voters(voters);
  }

  OutsidePolls polls() {
    return polls;
  }

  HostState hostState(String host) {
    return hosts.apply(host);
  }

  Members members() {
    return members;
  }

  OwnerStore store() {
    return store;
  }

  OwnershipOptions options() {
    return options;
  }

  OwnershipObserver observer() {
    return observer;
  }

  SessionView sessions() {
    return sessions;
  }

  Watchers watchers() {
    return watchers;
  }

  String name() {
    return members.self().getName();
  }

  long clock() {
    return clock.getAsLong();
  }

  /** For a new request; id 0 = one is made. */
  Stamp stamp(long id) {
    long request = id == 0 ? ThreadLocalRandom.current().nextLong() : id;
    return new Stamp(request, clock(), floor);
  }

  long floor() {
    return floor;
  }

  void floor(long known) {
    synchronized (this) {
      if (known > floor && disk != null) {
        disk.keep(OwnerKept.newBuilder().setFloor(known).build());
      }
      floor = Math.max(floor, known);
    }
  }

  /** Null = this node keeps nothing. */
  OwnerDisk disk() {
    return disk;
  }

  @Override
  public void keep(String key, byte[] record) {
    if (disk != null) {
      disk.keep(OwnerCodec.kept(false, key, record));
    }
  }

  @Override
  public void keepSession(String key, byte[] record) {
    if (disk != null) {
      disk.keep(OwnerCodec.kept(true, key, record));
    }
  }

  <T> Future<T> onLane(Future<T> future, Lane lane) {
    Promise<T> promise = Promise.promise();
    future.onComplete(done -> lane.context().runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  // ---- what may be done now ----

  /** Null = enough nodes are there to change something. */
  Failure refusesWrites() {
    return majority.getAsBoolean()
        ? null
        : Failure.of(
                FailureCode.NO_MAJORITY,
                "less than a majority of the cluster's nodes is there, no owner can be changed")
            .at(name(), "");
  }

  /** Null = new epochs may be given out. */
  Failure refusesGrants() {
    Failure refused = refusesWrites();
    LaneZero running = zero;
    if (refused != null) {
      return refused;
    } else if (running == null) {
      return Failure.of(FailureCode.UNAVAILABLE, "ownership has not started on this node")
          .at(name(), "");
    }
    refused = running.restoring().refusal();
    return refused == null ? running.skew().refusal() : refused;
  }

  /** Null = this node may come to own more. */
  Failure refusesOwn() {
    return draining
        ? Failure.of(FailureCode.DRAINING, "the node drains and owns nothing new").at(name(), "")
        : null;
  }

  /** From now on this node's session gets no keys any more. Any thread. */
  public void drain() {
    draining = true;
  }

  /**
   * Releases what this node's session still holds, for a node whose holders have ended. Completes
   * when nothing is held, fails with the first release that did not succeed. Any thread.
   */
  public Future<Void> giveBack() {
    LaneZero running = zero;
    return running == null ? Future.succeededFuture() : running.giveBack();
  }

  @Override
  public OwnerCode refuses(boolean newKey) {
    if (!majority.getAsBoolean()) {
      return OwnerCode.NO_MAJORITY;
    }
    return newKey && count.about() >= options.maxKeys() ? OwnerCode.TOO_MANY : null;
  }

  @Override
  public void created() {
    count.created();
  }

  /** About how many records of keys there are that this node does not hold; for meters. */
  public long otherKeys() {
    return Math.max(0, count.about() - held.size());
  }

  KeyCount count() {
    return count;
  }

  // ---- lane 0 ----

  void opened(LaneZero lane) {
    zero = lane;
    for (OwnerChange change = early.poll(); change != null; change = early.poll()) {
      lane.announce(change);
    }
  }

  void closed() {
    zero = null;
  }

  /** Null = not started, or stopped. */
  LaneZero zero() {
    return zero;
  }

  /** Of this node; null = none. */
  Holder session() {
    LaneZero running = zero;
    return running == null ? null : running.keeper().session();
  }

  /** How long this node's lease lasts. */
  public long remainingMillis() {
    LaneZero running = zero;
    return running == null ? 0 : running.keeper().remainingMillis();
  }

  /** What the others' clocks are ahead, ms; for meters. */
  public long skewMillis() {
    LaneZero running = zero;
    return running == null ? 0 : running.skew().skewMillis();
  }

  /** Keys that this node holds; for meters. */
  public int heldKeys() {
    return held.size();
  }

  /** Open and ended sessions known here; for meters. */
  public int knownSessions() {
    return sessions.size();
  }

  // ---- keys of this node ----

  HeldKeys held() {
    return held;
  }

  void sessionLost(Holder lost) {
    held.clear();
    observer.sessionLost();
    lossHandlers.forEach(handler -> handler.handle(lost));
  }

  Runnable onLost(Handler<Holder> handler) {
    lossHandlers.add(handler);
    return () -> lossHandlers.remove(handler);
  }

  private void heard(OwnerChange change) {
    OwnerRecord record = change.record();
    if (record == null || change.key().isEmpty()) {
      return;
    }
    Holder own = session();
    if (own == null || !record.isHeldBy(own)) {
      held.dropped(change.key(), record.epoch());
    } else {
      // Moved here by somebody else.
      held.holds(change.key(), record.epoch());
    }
  }

  // ---- sessions ----

  void learn(Holder holder, SessionRecord record) {
    sessions.learn(holder, record, now());
  }

  static long now() {
    return System.nanoTime() / 1_000_000;
  }

  // ---- the store speaks, on its threads ----

  @Override
  public void changed(String key, OwnerRecord before, OwnerRecord after) {
    OwnerChange change = OwnerChanges.of(key, before, after, clock());
    if (change != null) {
      announce(change);
    }
  }

  @Override
  public void superseded(OwnerRecord loser, OwnerRecord winner) {
    announce(OwnerChanges.superseded(loser, winner, clock()));
  }

  @Override
  public void session(Holder holder, SessionRecord after, boolean endedNow, boolean here) {
    if (after == null) {
      sessions.forget(holder);
    } else {
      learn(holder, after);
    }
    if (endedNow && here) {
      announce(OwnerChanges.sessionEnded(holder, clock()));
    }
    if (endedNow) {
      onZero(lane -> lane.sessionEnded(holder));
    }
    planWatch();
  }

  void planWatch() {
    onZero(LaneZero::planWatch);
  }

  private void onZero(Consumer<LaneZero> told) {
    LaneZero running = zero;
    if (running != null) {
      told.accept(running);
    }
  }

  @Override
  public void arrived(int partition) {
    onZero(lane -> lane.arrived(partition));
  }

  @Override
  public void lost() {
    announce(OwnerChanges.uncertain(clock()));
  }

  private void announce(OwnerChange change) {
    LaneZero running = zero;
    if (running != null) {
      running.announce(change);
    } else if (early.size() < MOST_EARLY) {
      early.add(change);
    } else {
      observer.unannounced(1);
    }
  }
}
