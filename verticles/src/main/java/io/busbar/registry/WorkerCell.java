package io.busbar.registry;

import io.busbar.bus.Endpoint;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One worker as this node sees it: what was announced, and an estimate of its load, which every
 * answer of the worker refreshes. One object from attach to detach. Any thread; times are monotonic
 * milliseconds of this node.
 */
public final class WorkerCell {
  /** Order of the affinity ring; never equal for two workers. */
  static final Comparator<WorkerCell> BY_HASH =
      Comparator.<WorkerCell>comparingLong(cell -> cell.hash ^ Long.MIN_VALUE)
          .thenComparing(cell -> cell.workerId)
          .thenComparing(cell -> cell.nodeId);

  /** After this silence what other nodes run there counts half, after the same again a quarter. */
  static final int HALVING_SHIFT = 10;

  private static final long ANSWERED_LATELY = 1000;
  private static final long ANSWERED_STEP = 200;
  private static final int FIRST_REST = 10;
  private static final int LONGEST_REST = 1000;
  private static final int MOST_DOUBLINGS = 7;

  private final String nodeId;
  private final String workerId;
  private final long serial;
  private final boolean local;
  private final boolean dialled;
  private final long hash;
  private final WorkerPool pool;

  /** Offers and calls of this node there. */
  private final AtomicInteger mine = new AtomicInteger();

  private volatile WorkerInfo info;
  private volatile int capacity;
  private volatile int others;
  private volatile long heardAt;
  private volatile long answeredAt;
  private volatile boolean answered;
  private volatile long restUntil;
  private volatile int failuresInRow;
  private volatile boolean wakeAsked;
  private volatile Place[] places = {};
  private volatile boolean nodeDraining;

  WorkerCell(
      String nodeId, WorkerInfo info, WorkerPool pool, boolean local, long serial, long now) {
    this.serial = serial;
    this.nodeId = nodeId;
    this.workerId = info.getWorkerId();
    this.pool = pool;
    this.local = local;
    // Of a dialled runner it is the same whichever node dials it: its keys stay.
    this.dialled = info.getDialled();
    this.hash =
        dialled
            ? Hashes.of(info.getPool(), info.getAddress())
            : Hashes.of(workerId, info.getNode());
    this.restUntil = now;
    announce(info, now);
  }

  /**
   * A lane that takes offers for the worker.
   *
   * @param incarnation of the worker's attachment there
   */
  public record Place(Endpoint endpoint, long incarnation) {}

  public String nodeId() {
    return nodeId;
  }

  public String workerId() {
    return workerId;
  }

  /** Number of this object on this node; a worker that was gone and comes back has another. */
  public long serial() {
    return serial;
  }

  /** Whether any node could hold it, so that nearness is no reason to choose it. */
  public boolean dialled() {
    return dialled;
  }

  /** Whether it is held by this node. */
  public boolean local() {
    return local;
  }

  public WorkerPool pool() {
    return pool;
  }

  /** What was announced; the load in it may be old. */
  public WorkerInfo announced() {
    return info;
  }

  /** What was announced with the load as it is estimated now. */
  public WorkerInfo info(long now) {
    WorkerInfo last = info;
    int running = running(now);
    WorkerStatus status = last.getStatus();
    if (status == WorkerStatus.WORKER_IDLE || status == WorkerStatus.WORKER_BUSY) {
      status = running > 0 ? WorkerStatus.WORKER_BUSY : WorkerStatus.WORKER_IDLE;
    }
    if (nodeDraining) {
      status = WorkerStatus.WORKER_DRAINING;
    }
    return last.toBuilder().setRunningTasks(running).setStatus(status).build();
  }

  /** Where an offer made on that lane of this node goes; null when no lane takes offers now. */
  public Place place(int callerLane) {
    Place[] open = places;
    if (open.length == 0) {
      return null;
    }
    if (local) {
      for (Place place : open) {
        if (place.endpoint().lane() == callerLane) {
          return place;
        }
      }
    }
    return open[callerLane % open.length];
  }

  public int capacity() {
    return capacity;
  }

  /** Calls there now, as far as this node can know. */
  public int running(long now) {
    int foreign = others;
    if (foreign > 0) {
      long halvings = (now - heardAt) >> HALVING_SHIFT;
      foreign = halvings > 30 ? 0 : foreign >> (int) Math.max(0, halvings);
    }
    return mine.get() + foreign;
  }

  public boolean hasRoom(long now) {
    return running(now) < capacity;
  }

  /** Offers and calls of this node there. */
  public int own() {
    return mine.get();
  }

  /** Whether calls of other nodes are known to be there. */
  public boolean shared() {
    return others > 0;
  }

  /** Counts an offer of this node; to be given back once with {@link #release()}. */
  public void reserve() {
    mine.incrementAndGet();
    pool.own().up();
  }

  public void release() {
    mine.decrementAndGet();
    pool.own().down();
  }

  /** Whether it answered an offer of this node within the last second or so. */
  public boolean answeredLately(long now) {
    return answered && now - answeredAt < ANSWERED_LATELY;
  }

  /** It answered an offer, with how many calls it runs. */
  public void answered(int running, int newCapacity, long now) {
    if (!answered || now - answeredAt >= ANSWERED_STEP) {
      answeredAt = now;
      answered = true;
    }
    heard(running, newCapacity, now);
  }

  /** The worker said how many calls it runs. */
  public void heard(int running, int newCapacity, long now) {
    // Each call's accept comes here, on any lane: what does not change is not written.
    if (newCapacity > 0 && newCapacity != capacity) {
      capacity = newCapacity;
    }
    int foreign = Math.max(0, running - mine.get());
    if (foreign > 0) {
      heardAt = now;
    }
    if (foreign != others) {
      others = foreign;
    }
  }

  /** It failed, or did not answer: leave it alone for a while, longer each time in a row. */
  public void failed(long now) {
    int row = Math.min(MOST_DOUBLINGS, failuresInRow);
    failuresInRow = row + 1;
    restUntil = now + Math.min(LONGEST_REST, FIRST_REST << row);
  }

  /** It took a call to a good end. */
  public void succeeded() {
    if (failuresInRow != 0) {
      failuresInRow = 0;
    }
  }

  public boolean resting(long now) {
    return now < restUntil;
  }

  /** Whether the worker was asked to tell when a slot frees, and did not yet. */
  public boolean wakeAsked() {
    return wakeAsked;
  }

  public void wakeAsked(boolean asked) {
    if (asked != wakeAsked) {
      wakeAsked = asked;
    }
  }

  /** Whether offers make sense at all. */
  boolean eligible() {
    return !nodeDraining && places.length > 0;
  }

  long hash() {
    return hash;
  }

  void announce(WorkerInfo newInfo, long now) {
    info = newInfo;
    capacity = Math.max(1, newInfo.getCapacity());
    heard(newInfo.getRunningTasks(), capacity, now);
  }

  void places(Place[] open) {
    places = open;
  }

  void nodeDraining(boolean draining) {
    nodeDraining = draining;
  }

  @Override
  public String toString() {
    return workerId + "@" + info.getNode() + " " + mine.get() + "+" + others + "/" + capacity;
  }
}
