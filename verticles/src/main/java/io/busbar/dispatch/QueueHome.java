package io.busbar.dispatch;

import io.busbar.bus.CallId;
import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Dequeue;
import io.busbar.bus.v1.Enqueue;
import io.busbar.bus.v1.Item;
import io.busbar.bus.v1.Room;
import io.busbar.bus.v1.SlotFree;
import io.busbar.bus.v1.Turn;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.registry.WorkerCell;
import io.busbar.registry.WorkerPool;
import io.busbar.registry.WorkerView;
import java.util.HashMap;
import java.util.Map;

/**
 * The queues of the pools whose home is this lane. A waiting call gets its turn when a worker said
 * that it has room, or when a call of this node left one; a slow repeat with a growing interval
 * heals what such a message's loss leaves behind. A turn counts as load of the worker from here on.
 */
final class QueueHome {
  private static final long FIRST_HEAL = 100;
  private static final long LONGEST_HEAL = 1000;

  private final Lane lane;
  private final WorkerView view;
  private final PoolCatalog catalog;
  private final WorkerChoice choice;
  private final Map<String, Queue> queues = new HashMap<>();

  QueueHome(Lane lane, WorkerView view, PoolCatalog catalog, WorkerChoice choice) {
    this.lane = lane;
    this.view = view;
    this.catalog = catalog;
    this.choice = choice;
  }

  /** One pool's queue with its healing timer, there while calls wait. */
  private static final class Queue {
    final WorkerPool pool;
    final PoolQueue waiting = new PoolQueue();
    Lane.Timer heal;
    long healInterval = FIRST_HEAL;

    Queue(WorkerPool pool) {
      this.pool = pool;
    }
  }

  void enqueue(Endpoint from, Enqueue item) {
    WorkerPool pool = view.pool(item.getPool());
    if (pool == null) {
      pool = view.configured(item.getPool());
    }
    Queue queue = queues.get(item.getPool());
    if (queue == null) {
      queue = new Queue(pool);
      queues.put(item.getPool(), queue);
      pool.queueStarted(lane.now());
    }
    PoolQueue.Waiter waiter =
        new PoolQueue.Waiter(
            CallId.fromWire(item.getId()),
            from.lane(),
            item.getTenant(),
            item.getPriority(),
            item.getSince(),
            item.getAffinity());
    int limit = catalog.options(item.getPool()).queue();
    PoolQueue.Waiter out = queue.waiting.add(waiter, limit);
    pool.waiting().set(queue.waiting.size());
    if (out != null) {
      turn(out, full(item.getPool(), limit));
    }
    if (!waiter.equals(out)) {
      turn(waiter, Turn.newBuilder().setPool(item.getPool()));
    }
    pump(queue, null);
  }

  private Turn.Builder full(String pool, int limit) {
    Failure failure =
        Failure.of(
                FailureCode.QUEUE_FULL,
                "pool '" + pool + "' has no free worker and " + limit + " calls wait for one")
            .at(lane.node().name(), "");
    return Turn.newBuilder().setPool(pool).setFailure(failure.toWire());
  }

  void dequeue(Dequeue item) {
    Queue queue = queues.get(item.getPool());
    if (queue != null && queue.waiting.remove(CallId.fromWire(item.getId()))) {
      queue.pool.waiting().set(queue.waiting.size());
      closeIfEmpty(queue);
    }
  }

  /** A worker that was asked to says that it has room. */
  void slotFree(Endpoint from, SlotFree item) {
    WorkerCell cell = view.cell(from.node(), item.getWorker());
    if (cell != null) {
      cell.wakeAsked(false);
      cell.heard(item.getRunning(), item.getCapacity(), lane.now());
      roomAt(cell.pool().name(), cell);
    }
  }

  /** A worker may have room: this node's own call left it, or it was announced. */
  void room(Room item) {
    roomAt(item.getPool(), view.cell(item.getNodeId(), item.getWorker()));
  }

  private void roomAt(String pool, WorkerCell cell) {
    Queue queue = queues.get(pool);
    if (queue != null) {
      pump(queue, cell);
    }
  }

  void stop() {
    for (Queue queue : queues.values()) {
      if (queue.heal != null) {
        queue.heal.cancel();
      }
      queue.pool.waiting().set(0);
    }
    queues.clear();
  }

  /** Gives turns while there is room; returns whether it gave any. */
  private boolean pump(Queue queue, WorkerCell hint) {
    long now = lane.now();
    queue.pool.foldDrained(now);
    boolean any = false;
    while (true) {
      PoolQueue.Waiter next = queue.waiting.peek();
      if (next == null) {
        break;
      }
      WorkerCell cell = null;
      if (next.affinity() == 0 && hint != null && hint.hasRoom(now) && !hint.resting(now)) {
        cell = hint.place(0) == null ? null : hint;
      }
      if (cell == null) {
        cell = choice.choose(queue.pool, null, next.affinity(), now);
      }
      if (cell == null) {
        break;
      }
      give(queue, cell);
      any = true;
    }
    if (!any && hint != null && hint.shared()) {
      any = ask(queue, hint, now);
    }
    if (any) {
      queue.healInterval = FIRST_HEAL;
    }
    if (!closeIfEmpty(queue) && queue.heal == null) {
      queue.heal = lane.timer(queue.healInterval, () -> heal(queue));
    }
    return any;
  }

  /**
   * Offers a call to a worker that seems full: other nodes use it too, and nobody tells this node
   * when they leave unless the worker has rejected a call of ours since.
   */
  private boolean ask(Queue queue, WorkerCell cell, long now) {
    if (queue.waiting.isEmpty() || cell.wakeAsked() || cell.resting(now) || cell.place(0) == null) {
      return false;
    }
    cell.wakeAsked(true);
    give(queue, cell);
    return true;
  }

  private void give(Queue queue, WorkerCell cell) {
    PoolQueue.Waiter waiter = queue.waiting.poll();
    queue.pool.waiting().set(queue.waiting.size());
    cell.reserve();
    turn(
        waiter,
        Turn.newBuilder()
            .setPool(queue.pool.name())
            .setNodeId(cell.nodeId())
            .setWorker(cell.workerId())
            .setIncarnation(cell.serial()));
  }

  private void turn(PoolQueue.Waiter waiter, Turn.Builder turn) {
    lane.send(
        new Endpoint(lane.endpoint().node(), waiter.lane()),
        Item.newBuilder().setTurn(turn.setId(waiter.id().toWire())).build());
  }

  private void heal(Queue queue) {
    queue.heal = null;
    if (queues.get(queue.pool.name()) != queue) {
      return;
    }
    boolean gave = pump(queue, null);
    if (!gave && !queue.waiting.isEmpty()) {
      WorkerCell stale = choice.any(queue.pool);
      if (stale != null) {
        stale.wakeAsked(false);
        ask(queue, stale, lane.now());
      }
      if (queue.heal != null) {
        queue.heal.cancel();
      }
      queue.healInterval = Math.min(LONGEST_HEAL, queue.healInterval * 2);
      queue.heal = closeIfEmpty(queue) ? null : lane.timer(queue.healInterval, () -> heal(queue));
    }
  }

  private boolean closeIfEmpty(Queue queue) {
    if (!queue.waiting.isEmpty()) {
      return false;
    }
    if (queue.heal != null) {
      queue.heal.cancel();
      queue.heal = null;
    }
    queues.remove(queue.pool.name(), queue);
    return true;
  }
}
