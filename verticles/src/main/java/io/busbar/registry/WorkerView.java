package io.busbar.registry;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerChanged;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.call.WorkerRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;

/**
 * All workers of all nodes, replicated on each gateway node; one object per node. Reads take no
 * lock and may be made from any thread. One lane writes, see {@link RegistryMember}; every pool
 * that changed is published as a whole.
 */
public final class WorkerView {
  /** Pools that were announced once and are empty now are kept up to here. */
  static final int MOST_POOLS = 10_000;

  private static final WorkerCell[] NONE = {};
  private static final Comparator<WorkerCell> BY_ID =
      Comparator.comparing(WorkerCell::workerId).thenComparing(WorkerCell::nodeId);

  private final String selfId;
  private final LongSupplier clock;
  private final ConcurrentMap<String, WorkerPool> pools = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, WorkerCell> cells = new ConcurrentHashMap<>();

  // The writer's own.
  private final Map<String, NodeWorkers> nodes = new HashMap<>();
  private final Map<WorkerPool, TreeSet<WorkerCell>> members = new HashMap<>();

  private long serial;

  private record Key(String nodeId, String workerId) {}

  /**
   * @param selfId Vert.x node id of this node
   */
  public WorkerView(String selfId) {
    this(selfId, () -> System.nanoTime() / 1_000_000);
  }

  /**
   * @param clock monotonic milliseconds; the lanes' clock
   */
  public WorkerView(String selfId, LongSupplier clock) {
    this.selfId = selfId;
    this.clock = clock;
  }

  // ---- reading -----------------------------------------------------------------------------

  /** A pool that some worker announced or that is configured; null = never heard of. */
  public WorkerPool pool(String name) {
    return pools.get(name);
  }

  /** The pool of a configured name, made if need be. Not for names from outside. */
  public WorkerPool configured(String name) {
    WorkerPool pool = pools.get(name);
    return pool != null ? pool : pools.computeIfAbsent(name, WorkerPool::new);
  }

  /** One worker of one node; null = not there. */
  public WorkerCell cell(String nodeId, String workerId) {
    return cells.get(new Key(nodeId, workerId));
  }

  /** All workers with their estimated load, by id. */
  public List<WorkerInfo> all() {
    long now = clock.getAsLong();
    return cells.values().stream()
        .map(cell -> cell.info(now))
        .sorted(Comparator.comparing(WorkerInfo::getWorkerId).thenComparing(WorkerInfo::getNodeId))
        .toList();
  }

  /**
   * A part of {@link #all}. Looks at each worker, describes only those that are asked for.
   *
   * @param pool of this pool only, null = of all
   * @param after ids after this one, "" = from the first
   * @param limit at most so many, at least 1
   */
  public List<WorkerInfo> page(String pool, String after, int limit) {
    PriorityQueue<WorkerCell> first = new PriorityQueue<>(BY_ID.reversed());
    for (WorkerCell cell : cells.values()) {
      if ((pool != null && !cell.pool().name().equals(pool))
          || cell.workerId().compareTo(after) <= 0) {
        continue;
      }
      if (first.size() < limit) {
        first.add(cell);
      } else if (BY_ID.compare(cell, first.element()) < 0) {
        first.remove();
        first.add(cell);
      }
    }
    long now = clock.getAsLong();
    return first.stream().sorted(BY_ID).map(cell -> cell.info(now)).toList();
  }

  /** The worker of that id. Ids are unique unless two nodes gave the same; then one of them. */
  public Optional<WorkerInfo> byId(String workerId) {
    long now = clock.getAsLong();
    return cells.values().stream()
        .filter(cell -> cell.workerId().equals(workerId))
        .min(Comparator.comparing(WorkerCell::nodeId))
        .map(cell -> cell.info(now));
  }

  /** The workers of a pool that take offers; empty for a pool never heard of. */
  public List<WorkerRef> takingCalls(String poolName) {
    WorkerPool pool = pools.get(poolName);
    List<WorkerRef> refs = new ArrayList<>();
    if (pool != null) {
      WorkerPool.Workers workers = pool.workers();
      for (int i = 0; i < workers.size(); i++) {
        refs.add(new WorkerRef(workers.at(i).nodeId(), workers.at(i).workerId()));
      }
    }
    return refs;
  }

  /** All pools in figures, by name. */
  public List<PoolSummary> pools() {
    long now = clock.getAsLong();
    Map<String, long[]> sums = new HashMap<>();
    for (WorkerCell cell : cells.values()) {
      long[] sum = sums.computeIfAbsent(cell.pool().name(), name -> new long[2]);
      sum[0] += cell.eligible() ? cell.capacity() : 0;
      sum[1] += cell.running(now);
    }
    long[] nothing = new long[2];
    return pools.values().stream()
        .map(
            pool -> {
              long[] sum = sums.getOrDefault(pool.name(), nothing);
              WorkerPool.Workers workers = pool.workers();
              return new PoolSummary(
                  pool.name(),
                  workers.known(),
                  workers.size(),
                  sum[0],
                  sum[1],
                  pool.waiting().get());
            })
        .sorted(Comparator.comparing(PoolSummary::name))
        .toList();
  }

  // ---- writing: one thread -----------------------------------------------------------------

  /** Takes an announcement in; returns the cells it told something about. */
  Change apply(WorkerChanged message) {
    NodeWorkers node = nodes.computeIfAbsent(message.getNodeId(), NodeWorkers::new);
    Set<String> touched = new LinkedHashSet<>();
    NodeWorkers.Result result = node.apply(message, touched);
    Set<WorkerPool> changed = new HashSet<>();
    List<WorkerCell> heard = new ArrayList<>(touched.size());
    for (String id : touched) {
      WorkerCell cell = refresh(message.getNodeId(), node, id, changed);
      if (cell != null) {
        heard.add(cell);
      }
    }
    changed.forEach(this::publish);
    return new Change(result, heard);
  }

  /** What an announcement did. */
  record Change(NodeWorkers.Result result, List<WorkerCell> heard) {}

  /** A node said what it is; true if it is new, or has another number of lanes. */
  boolean describe(NodeInfo info) {
    NodeWorkers node = nodes.computeIfAbsent(info.getNodeId(), NodeWorkers::new);
    boolean relaned = node.lanes() != info.getLanes();
    if (node.describe(info.getLanes(), info.getDraining())) {
      Set<WorkerPool> changed = new HashSet<>();
      for (String id : node.workerIds()) {
        refresh(info.getNodeId(), node, id, changed);
      }
      changed.forEach(this::publish);
    }
    return relaned;
  }

  /** A node is gone with all its workers. */
  void left(String nodeId) {
    NodeWorkers node = nodes.remove(nodeId);
    if (node == null) {
      return;
    }
    Set<WorkerPool> changed = new HashSet<>();
    for (String id : node.workerIds()) {
      drop(cells.get(new Key(nodeId, id)), changed);
    }
    changed.forEach(this::publish);
  }

  /** Version of the last announcement of a lane; 0 = none. */
  long version(Endpoint of) {
    NodeWorkers node = nodes.get(of.node());
    return node == null ? 0 : node.version(of.lane());
  }

  /** Nodes that announced something. */
  Collection<String> announcers() {
    return List.copyOf(nodes.keySet());
  }

  private WorkerCell refresh(String nodeId, NodeWorkers node, String id, Set<WorkerPool> changed) {
    Key key = new Key(nodeId, id);
    WorkerCell cell = cells.get(key);
    Map<Integer, WorkerInfo> said = node.said(id);
    if (said == null) {
      drop(cell, changed);
      return null;
    }
    WorkerInfo info = newest(said);
    if (cell != null && !cell.pool().name().equals(info.getPool())) {
      drop(cell, changed);
      cell = null;
    }
    long now = clock.getAsLong();
    boolean known = cell != null;
    boolean wasEligible = known && cell.eligible();
    if (known) {
      cell.announce(info, now);
    } else {
      WorkerPool pool = pools.computeIfAbsent(info.getPool(), WorkerPool::new);
      cell = new WorkerCell(nodeId, info, pool, nodeId.equals(selfId), ++serial, now);
      cells.put(key, cell);
      members.computeIfAbsent(pool, p -> new TreeSet<>(WorkerCell.BY_HASH)).add(cell);
      changed.add(pool);
    }
    cell.places(node.places(said));
    cell.nodeDraining(node.draining());
    if (wasEligible != cell.eligible()) {
      changed.add(cell.pool());
    }
    return cell;
  }

  /** Lanes that share a worker count the same slots; the one that runs most heard last. */
  private static WorkerInfo newest(Map<Integer, WorkerInfo> said) {
    WorkerInfo best = null;
    for (WorkerInfo info : said.values()) {
      if (best == null || info.getRunningTasks() > best.getRunningTasks()) {
        best = info;
      }
    }
    return best;
  }

  private void drop(WorkerCell cell, Set<WorkerPool> changed) {
    if (cell == null) {
      return;
    }
    cells.remove(new Key(cell.nodeId(), cell.workerId()), cell);
    cell.places(new WorkerCell.Place[0]);
    Set<WorkerCell> of = members.get(cell.pool());
    if (of != null) {
      of.remove(cell);
    }
    changed.add(cell.pool());
  }

  private void publish(WorkerPool pool) {
    TreeSet<WorkerCell> known = members.get(pool);
    Set<WorkerCell> of = known == null ? Set.of() : known;
    WorkerCell[] all = of.stream().filter(WorkerCell::eligible).toArray(WorkerCell[]::new);
    WorkerCell[] local =
        of.stream().filter(c -> c.local() && c.eligible()).toArray(WorkerCell[]::new);
    pool.publish(all.length == 0 ? NONE : all, local.length == 0 ? NONE : local, of.size());
    if (of.isEmpty()) {
      members.remove(pool);
      if (pools.size() > MOST_POOLS && pool.waiting().get() == 0) {
        pools.remove(pool.name(), pool);
      }
    }
  }
}
