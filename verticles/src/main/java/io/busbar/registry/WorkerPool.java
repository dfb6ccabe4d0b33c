package io.busbar.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The workers of one pool on all nodes, and what this node's lanes know of the pool together. One
 * object per pool for the life of the node; reads take no lock.
 */
public final class WorkerPool {
  private static final WorkerCell[] NONE = {};
  private static final long SHORTEST_RETRY_AFTER = 100;
  private static final long LONGEST_RETRY_AFTER = 60_000;

  private final String name;
  private final long hash;

  /** Offers and calls of this node, all workers. */
  private final SpreadCount own = new SpreadCount();

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong drained = new AtomicLong();
  private volatile long drainInterval;
  private volatile long drainedAt;
  private volatile List<String> listed;
  private volatile Workers workers = new Workers(NONE, NONE, 0, null);

  WorkerPool(String name) {
    this.name = name;
    this.hash = Hashes.of(name);
  }

  public String name() {
    return name;
  }

  /**
   * The addresses that stand for places in {@link Workers#listedAt}, in the order of the
   * configuration; null = the pool is not chosen by list.
   */
  public List<String> listed() {
    return listed;
  }

  /** Changes the list; null = none. */
  public void list(List<String> addresses) {
    listed = addresses == null ? null : List.copyOf(addresses);
    Workers now = workers;
    workers = new Workers(now.all, now.local, now.known, listed);
  }

  /** The lane of a node that keeps this pool's queue. */
  public int homeLane(int lanes) {
    return Math.floorMod(hash, lanes);
  }

  /** The workers now. */
  public Workers workers() {
    return workers;
  }

  /** Offers and calls of this node. */
  public SpreadCount own() {
    return own;
  }

  /** Calls in this node's queue. Changed by the home lane only. */
  public AtomicInteger waiting() {
    return waiting;
  }

  /** A call that had waited got its slot. */
  public void drainedOne() {
    drained.incrementAndGet();
  }

  /** Updates the drain rate; by the home lane only. */
  public void foldDrained(long now) {
    long count = drained.getAndSet(0);
    if (count > 0) {
      long sample = Math.max(0, now - drainedAt) / count;
      drainInterval = drainInterval == 0 ? sample : (drainInterval * 3 + sample) / 4;
      drainedAt = now;
    }
  }

  /** The queue was empty until now: the time before does not count for the drain rate. */
  public void queueStarted(long now) {
    drainedAt = now;
  }

  /**
   * Milliseconds after which a call refused now would probably find room, by the recent drain rate.
   *
   * @param unknown what to say when nothing has left the queue yet
   */
  public long retryAfter(long now, long unknown) {
    long calls = waiting.get();
    // A queue that stands still must not be judged by how it once moved.
    long standing = calls > 0 ? (now - drainedAt) / calls : 0;
    long each = Math.max(drainInterval, standing);
    long answer = drainInterval == 0 ? Math.max(unknown, standing) : each * (calls + 1);
    return Math.max(SHORTEST_RETRY_AFTER, Math.min(LONGEST_RETRY_AFTER, answer));
  }

  void publish(WorkerCell[] all, WorkerCell[] local, int known) {
    workers = new Workers(all, local, known, listed);
  }

  /** One state of the pool's workers; immutable, their loads are not. */
  public static final class Workers {
    private final WorkerCell[] all;
    private final WorkerCell[] local;
    private final int known;
    private final List<String> listed;
    private volatile AffinityRing ring;
    private volatile WorkerCell[] inOrder;

    Workers(WorkerCell[] all, WorkerCell[] local, int known, List<String> listed) {
      this.listed = listed;
      this.all = all;
      this.local = local;
      this.known = known;
    }

    /** Workers that take offers. */
    public int size() {
      return all.length;
    }

    /** Workers of any status. */
    public int known() {
      return known;
    }

    public WorkerCell at(int i) {
      return all[i];
    }

    /** Those of this node. */
    public int localSize() {
      return local.length;
    }

    public WorkerCell localAt(int i) {
      return local[i];
    }

    /** Places in the pool's list: the configured addresses, then the workers at others. */
    public int listSize() {
      return inOrder().length;
    }

    /** Who is at a place; null = nobody there takes offers. */
    public WorkerCell listedAt(int place) {
      return inOrder()[place];
    }

    private WorkerCell[] inOrder() {
      WorkerCell[] made = inOrder;
      if (made == null) {
        made = order();
        inOrder = made;
      }
      return made;
    }

    private WorkerCell[] order() {
      Map<String, WorkerCell> byAddress = new TreeMap<>();
      for (WorkerCell cell : all) {
        byAddress.put(cell.announced().getAddress(), cell);
      }
      List<WorkerCell> cells = new ArrayList<>();
      if (listed != null) {
        listed.forEach(address -> cells.add(byAddress.remove(address)));
      }
      cells.addAll(byAddress.values());
      return cells.toArray(NONE);
    }

    /**
     * The worker of an affinity key, see {@link AffinityRing}; null without workers. The ring is
     * built at its first use after a change of the workers.
     */
    public WorkerCell byAffinity(long key, int choice) {
      AffinityRing built = ring;
      if (built == null) {
        built = new AffinityRing(all);
        ring = built;
      }
      return built.find(key, choice);
    }
  }
}
