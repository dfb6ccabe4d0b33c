package io.busbar.runners;

import io.busbar.bus.Lane;
import io.busbar.bus.LaneMember;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.member.Members;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerView;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dialled runners of a node, on its first lane. Each runner is dialled by one node: that node
 * counts its slots, asks for its Status and tells the others through the registry, so no number of
 * nodes overloads it. When another node is to dial a runner, the former one stops taking calls for
 * it first, and what still runs there is taken off its capacity.
 */
public final class RunnersMember implements LaneMember {
  private static final Logger LOG = LoggerFactory.getLogger(RunnersMember.class);

  /** A node that does not answer for so long does not keep a runner idle. */
  private static final long PATIENCE = 10_000;

  /** Runners attached in one turn; thousands at once would block the loop. */
  private static final int AT_ONCE = 25;

  private final Members members;
  private final WorkerView view;
  private final RunnerDialler dialler;
  private final RunnerResolver resolver;
  private final RunnerMeters meters;
  private final Executor onLane;
  private final Map<RunnerKey, Wish> wishes = new HashMap<>();

  /** This node's by the last look at all of them, and not looked at one by one since. */
  private final Queue<RunnerKey> unseen = new ArrayDeque<>();

  private Lane lane;
  private RunnerExchange exchange;
  private RunnerCrew crew;
  private RunnerNames names;
  private Map<String, PoolRunners> pools;
  private boolean begun;
  private boolean draining;
  private Lane.Timer patience;
  private Lane.Timer more;

  /** A runner that is this node's and not dialled yet. */
  private record Wish(long version, long since, FormerStanding former) {}

  /**
   * @param pools as configured on this node, by name
   * @param onLane runs on the first lane what another thread has to say
   */
  public RunnersMember(
      Members members,
      WorkerView view,
      Map<String, PoolRunners> pools,
      RunnerDialler dialler,
      RunnerResolver resolver,
      MeterRegistry registry,
      Executor onLane) {
    this.members = members;
    this.view = view;
    this.pools = Map.copyOf(pools);
    this.dialler = dialler;
    this.resolver = resolver;
    this.meters = new RunnerMeters(registry);
    this.onLane = onLane;
  }

  @Override
  public Future<?> start(Lane on) {
    lane = on;
    crew =
        new RunnerCrew(
            lane,
            onLane,
            dialler,
            meters,
            this::elsewhere,
            pool -> pools.getOrDefault(pool, PoolRunners.DEFAULTS),
            new SplittableRandom());
    crew.onReleased(this::reconcile);
    exchange = new RunnerExchange(lane, members, this::reconcile);
    names = new RunnerNames(lane, resolver, meters, this::renamed);
    lane.serve(RunnerServices.ORDER, this::ordered);
    lane.serve(RunnerServices.LIST, this::listed);
    exchange.start();
    names.replace(pools);
    renamed();
    return Future.succeededFuture();
  }

  /** All nodes that are there are known: from now on runners are dialled. On the lane. */
  public void begin() {
    begun = true;
    reconcile();
  }

  /** The configuration was read again. On the lane. */
  public void replace(Map<String, PoolRunners> newPools) {
    pools = Map.copyOf(newPools);
    names.replace(pools);
    renamed();
    reconcile();
  }

  /** No new calls on the runners of this node, which others dial now. */
  @Override
  public Future<?> drain() {
    if (exchange == null) {
      return Future.succeededFuture();
    }
    draining = true;
    exchange.drain();
    return crew.drain();
  }

  @Override
  public Future<?> stop() {
    if (exchange == null) {
      return Future.succeededFuture();
    }
    begun = false;
    if (patience != null) {
      patience.cancel();
    }
    if (more != null) {
      more.cancel();
    }
    names.stop();
    exchange.stop();
    return crew.stop();
  }

  private void renamed() {
    Set<RunnerKey> named = new HashSet<>();
    pools.forEach(
        (pool, options) -> {
          options.runners().forEach(address -> named.add(new RunnerKey(pool, address)));
          names.of(pool).forEach(address -> named.add(new RunnerKey(pool, address)));
        });
    exchange.named(named);
  }

  private Future<RunnerOrder> ordered(RunnerOrder order) {
    RunnerKey key;
    try {
      key = RunnerBook.key(order.getRunner());
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(
          Failure.of(FailureCode.INVALID_REQUEST, "address is " + e.getMessage()).toException());
    }
    boolean in = RunnerOwners.of(key, exchange.sponsors(), exchange.book()) != null;
    if (!order.getPresent() && !in) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.NOT_FOUND, "pool '" + key.pool() + "' has no runner " + key.address())
              .toException());
    }
    if (order.getPresent() && in) {
      RunnerOrder known = exchange.book().of(key);
      return Future.succeededFuture(known == null ? order : known);
    }
    try {
      RunnerOrder entered = exchange.order(key, order.getPresent());
      LOG.info(
          "Runner {} {} pool {} on request",
          key.address(),
          order.getPresent() ? "joins" : "leaves",
          key.pool());
      return Future.succeededFuture(entered);
    } catch (io.busbar.failure.FailureException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<RunnerShare> listed(RunnerName question) {
    String pool = question.getPool();
    RunnerShare.Builder list = RunnerShare.newBuilder();
    Set<RunnerKey> named = new TreeSet<>();
    exchange.sponsors().forEach(sponsor -> named.addAll(sponsor.named()));
    named.stream()
        .filter(key -> key.pool().equals(pool))
        .forEach(key -> list.addNamed(RunnerBook.name(key)));
    exchange.book().all().stream()
        .filter(order -> order.getRunner().getPool().equals(pool))
        .forEach(list::addOrders);
    return Future.succeededFuture(list.build());
  }

  private Map<RunnerKey, String> owners() {
    return RunnerOwners.of(exchange.sponsors(), exchange.book());
  }

  /** Brings what is dialled in line with what is known. */
  private void reconcile() {
    if (exchange == null || crew == null) {
      return;
    }
    Set<RunnerKey> mine = new HashSet<>();
    String self = lane.node().id();
    owners()
        .forEach(
            (key, owner) -> {
              if (owner.equals(self)) {
                mine.add(key);
              }
            });
    if (!draining) {
      crew.only(mine);
    }
    wishes.keySet().retainAll(mine);
    if (!begun || draining) {
      return;
    }
    unseen.clear();
    for (RunnerKey key : mine) {
      if (!crew.holds(key)) {
        unseen.add(key);
      }
    }
    dialSome();
  }

  /**
   * The same for one runner that was let go: with thousands, all of them are too much each time.
   */
  private void reconcile(RunnerKey key) {
    if (!begun || draining || crew.holds(key)) {
      return;
    }
    String owner = RunnerOwners.of(key, exchange.sponsors(), exchange.book());
    if (lane.node().id().equals(owner)) {
      unseen.add(key);
      dialSome();
    }
  }

  /** Who owns what was found out once for all; only the dialling is done bit by bit. */
  private void dialSome() {
    long now = lane.now();
    int late = 0;
    int most = crew.size() + AT_ONCE;
    while (!unseen.isEmpty() && crew.size() < most) {
      RunnerKey key = unseen.remove();
      if (!crew.holds(key) && wish(key, now)) {
        late++;
      }
    }
    if (late > 0) {
      LOG.warn("{} runners are dialled although some node did not answer", late);
    }
    if (!unseen.isEmpty() && more == null) {
      more =
          lane.timer(
              1,
              () -> {
                more = null;
                if (begun && !draining) {
                  dialSome();
                }
              });
    }
    if (!wishes.isEmpty() && patience == null) {
      patience =
          lane.timer(
              PATIENCE,
              () -> {
                patience = null;
                reconcile();
              });
    }
  }

  /** Returns whether it is dialled out of impatience. */
  private boolean wish(RunnerKey key, long now) {
    Wish wish = wishes.computeIfAbsent(key, k -> new Wish(exchange.version(), now, former(k)));
    boolean agreed = exchange.actedOn(wish.version());
    if (!agreed && now - wish.since() < PATIENCE) {
      return false;
    }
    wishes.remove(key);
    // Who dialled it may have let go of it meanwhile; what was known before counts then.
    FormerStanding latest = former(key);
    crew.add(key, latest == null ? wish.former() : latest);
    return !agreed;
  }

  /** What another node that holds a runner says of it; null = none does. */
  private FormerStanding former(RunnerKey key) {
    for (String nodeId : exchange.others()) {
      NodeInfo node = members.byId(nodeId);
      WorkerCell cell = node == null ? null : view.cell(nodeId, key.workerId(node.getName()));
      if (cell != null) {
        return FormerStanding.of(cell.announced());
      }
    }
    return null;
  }

  /** Calls on a runner that nodes which dialled it before still have. */
  private int elsewhere(RunnerKey key) {
    int running = 0;
    for (String nodeId : exchange.others()) {
      NodeInfo node = members.byId(nodeId);
      WorkerCell cell = node == null ? null : view.cell(nodeId, key.workerId(node.getName()));
      if (cell != null) {
        running += cell.announced().getRunningTasks();
      }
    }
    return running;
  }
}
