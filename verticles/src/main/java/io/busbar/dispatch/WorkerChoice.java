package io.busbar.dispatch;

import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.random.RandomGenerator;

/**
 * Chooses a worker. Looks at a bounded number of workers, so that the cost does not grow with the
 * pool:
 *
 * <ul>
 *   <li>with an affinity key: the key's worker, or one of its next choices when that one is full,
 *       or carries markedly more than its share (bounded load);
 *   <li>else the less loaded of two of this node, unless it is full or markedly busier than the
 *       less loaded of two of all nodes;
 *   <li>of many, the two are drawn from the lane's {@link WorkingSet}, and from all of them as well
 *       when the less loaded one has more than a few calls;
 *   <li>when none of those has room, the first with room among a few dozen, evenly over the pool.
 * </ul>
 */
final class WorkerChoice {
  /** Pools up to this size are looked at as a whole. */
  static final int SMALL = 4;

  /** Most workers looked at when the sampled ones are full. */
  static final int SEARCH = 64;

  /** From so many workers on only some are used at a time. */
  static final int MANY = 64;

  private static final int AFFINITY_CHOICES = 4;

  /** A worker of the working set with so many calls is compared with others. */
  private static final int FEW = 4;

  /** As is one that uses this part of its capacity, unless it has nothing to do. */
  private static final int FEW_OF_CAPACITY = 8;

  /** A worker may carry this times the mean of the pool before its keys go elsewhere. */
  private static final double SHARE = 1.25;

  /** By how much of its capacity a local worker may be busier than a remote one. */
  private static final double LOCAL_ADVANTAGE = 0.5;

  private final RandomGenerator random;

  /** Of the pools with many workers; a pool may go and come back as another object. */
  private final Map<WorkerPool, WorkingSets> sets = new WeakHashMap<>();

  private long looks;

  private record WorkingSets(WorkingSet local, WorkingSet all) {}

  WorkerChoice(RandomGenerator random) {
    this.random = random;
  }

  /** Workers looked at so far; the cost in a unit that no machine changes. */
  long looks() {
    return looks;
  }

  /**
   * A worker with room, or null: none was found, which in a large pool does not prove that there is
   * none.
   *
   * @param call whose tried workers are passed over if another one has room; null = none
   * @param affinity hash of the key, 0 = none
   */
  WorkerCell choose(WorkerPool pool, DispatchedCall call, long affinity, long now) {
    WorkerPool.Workers workers = pool.workers();
    if (workers.size() == 0) {
      return null;
    }
    DispatchedCall avoiding = call != null && call.triedAny() ? call : null;
    WorkerCell found = once(pool, workers, avoiding, affinity, now);
    if (found == null && avoiding != null && workers.size() <= SMALL) {
      found = once(pool, workers, null, affinity, now);
    }
    return found;
  }

  /** Any worker that takes offers, full or not; null = none. */
  WorkerCell any(WorkerPool pool) {
    WorkerPool.Workers workers = pool.workers();
    return workers.size() == 0 ? null : workers.at(random.nextInt(workers.size()));
  }

  private WorkerCell once(
      WorkerPool pool,
      WorkerPool.Workers workers,
      DispatchedCall avoiding,
      long affinity,
      long now) {
    if (pool.listed() != null) {
      return inList(workers, avoiding, affinity, now);
    }
    if (affinity != 0) {
      WorkerCell keyed = byAffinity(pool, workers, avoiding, affinity, now);
      if (keyed != null) {
        return keyed;
      }
    }
    // Dialled runners are equals wherever they are held: their share must not depend on it.
    WorkerCell near =
        workers.localSize() > 0 && workers.localAt(0).dialled()
            ? null
            : draw(pool, workers, true, avoiding, now);
    if (near != null && (workers.localSize() == workers.size() || idle(near, now))) {
      return near;
    }
    WorkerCell far = draw(pool, workers, false, avoiding, now);
    if (near != null && far != null) {
      return load(near, now) - load(far, now) > LOCAL_ADVANTAGE ? far : near;
    }
    if (near != null || far != null) {
      return near != null ? near : far;
    }
    return workers.size() <= SMALL ? null : search(workers, avoiding, now);
  }

  /** As Fn's placer: the key's place in the list, then one after the other, round. */
  private WorkerCell inList(
      WorkerPool.Workers workers, DispatchedCall avoiding, long key, long now) {
    int size = workers.listSize();
    int first = FnPlacer.first(key, size);
    for (int i = 0; i < Math.min(size, SEARCH); i++) {
      WorkerCell cell = workers.listedAt((first + i) % size);
      looks++;
      if (cell != null && usable(cell, avoiding, now)) {
        return cell;
      }
    }
    return null;
  }

  private WorkerCell byAffinity(
      WorkerPool pool,
      WorkerPool.Workers workers,
      DispatchedCall avoiding,
      long affinity,
      long now) {
    double mean = (pool.own().get() + 1.0) / workers.size();
    WorkerCell second = null;
    for (int choice = 0; choice < AFFINITY_CHOICES; choice++) {
      WorkerCell cell = workers.byAffinity(affinity, choice);
      looks++;
      if (cell == null || !usable(cell, avoiding, now)) {
        continue;
      }
      // Up to half of its slots nobody is harmed; beyond, it may not carry more than its share.
      double most = Math.max(Math.ceil(SHARE * mean), cell.capacity() / 2.0);
      if (cell.own() + 1 <= most) {
        return cell;
      }
      second = second == null ? cell : second;
    }
    WorkerCell other = ofTwo(workers, false, avoiding, now);
    return other != null ? other : second;
  }

  private WorkerCell draw(
      WorkerPool pool,
      WorkerPool.Workers workers,
      boolean local,
      DispatchedCall avoiding,
      long now) {
    int size = local ? workers.localSize() : workers.size();
    if (size < MANY) {
      return ofTwo(workers, local, avoiding, now);
    }
    WorkingSets used = sets.get(pool);
    if (used == null) {
      used = new WorkingSets(begin(), begin());
      sets.put(pool, used);
    }
    WorkingSet set = local ? used.local() : used.all();
    int first = set.next(size, now);
    int second = set.other(random, size);
    WorkerCell best = better(null, at(workers, local, first), avoiding, now);
    best = better(best, at(workers, local, second), avoiding, now);
    if (best != null && few(best, now)) {
      return best;
    }
    set.tooSmall(size);
    if (best == null) {
      // It does not wait for those that take nothing.
      set.move(size);
      return null;
    }
    WorkerCell other = ofTwo(workers, local, avoiding, now);
    return other != null && load(other, now) < load(best, now) ? other : best;
  }

  private WorkingSet begin() {
    return new WorkingSet(random.nextDouble());
  }

  private WorkerCell ofTwo(
      WorkerPool.Workers workers, boolean local, DispatchedCall avoiding, long now) {
    int size = local ? workers.localSize() : workers.size();
    if (size == 0) {
      return null;
    }
    int start = size == 1 ? 0 : random.nextInt(size);
    WorkerCell best = null;
    if (size <= SMALL) {
      for (int i = 0; i < size; i++) {
        best = better(best, at(workers, local, (start + i) % size), avoiding, now);
      }
      return best;
    }
    best = better(null, at(workers, local, start), avoiding, now);
    int other = (start + 1 + random.nextInt(size - 1)) % size;
    return better(best, at(workers, local, other), avoiding, now);
  }

  private WorkerCell search(WorkerPool.Workers workers, DispatchedCall avoiding, long now) {
    int size = workers.size();
    int start = random.nextInt(size);
    // Neighbours fill up together, see the working set: the search looks everywhere.
    int step = Math.max(1, size / SEARCH);
    for (int i = 0; i < Math.min(size, SEARCH); i++) {
      WorkerCell cell = workers.at((start + i * step) % size);
      looks++;
      if (usable(cell, avoiding, now)) {
        return cell;
      }
    }
    return null;
  }

  private WorkerCell better(WorkerCell best, WorkerCell cell, DispatchedCall avoiding, long now) {
    looks++;
    if (!usable(cell, avoiding, now)) {
      return best;
    }
    return best == null || load(cell, now) < load(best, now) ? cell : best;
  }

  private static WorkerCell at(WorkerPool.Workers workers, boolean local, int i) {
    return local ? workers.localAt(i) : workers.at(i);
  }

  private static boolean usable(WorkerCell cell, DispatchedCall avoiding, long now) {
    return cell.hasRoom(now)
        && !cell.resting(now)
        && (avoiding == null || !avoiding.hasTried(cell));
  }

  private static boolean idle(WorkerCell cell, long now) {
    return cell.running(now) * 2 <= cell.capacity();
  }

  private static boolean few(WorkerCell cell, long now) {
    int running = cell.running(now);
    return running < FEW && running * FEW_OF_CAPACITY < cell.capacity();
  }

  private static double load(WorkerCell cell, long now) {
    return (double) cell.running(now) / cell.capacity();
  }
}
