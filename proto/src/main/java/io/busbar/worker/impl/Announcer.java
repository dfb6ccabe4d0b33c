package io.busbar.worker.impl;

import io.busbar.bus.Lane;
import io.busbar.bus.v1.WorkerChanged;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Says what the workers of one lane are: in the next turn when one comes, goes or stops taking
 * calls, together with all that changed in this one; at most every {@value #COALESCE_MILLIS} ms
 * when only its running calls changed, and of those at most {@value #MOST_LOADS} each time, so that
 * calls spread over thousands of workers cost no announcement each. Versions grow by one per
 * message of the lane.
 */
final class Announcer {
  private static final long COALESCE_MILLIS = 50;
  static final int MOST_LOADS = 100;

  private final Lane lane;
  private final Executor onLane;
  private final Consumer<WorkerChanged> out;
  private final Map<String, AttachedWorker> announced = new LinkedHashMap<>();

  /** What is said in the next message, all of it. */
  private final Set<AttachedWorker> dirty = new LinkedHashSet<>();

  /** Those of which only the running calls changed, the longest waiting first. */
  private final Set<AttachedWorker> loads = new LinkedHashSet<>();

  private final Set<String> removed = new LinkedHashSet<>();
  private long version;
  private Lane.Timer timer;
  private boolean soon;

  Announcer(Lane lane, Consumer<WorkerChanged> out, Executor onLane) {
    this.out = out;
    this.onLane = onLane;
    this.lane = lane;
  }

  void attached(AttachedWorker worker) {
    announced.put(worker.id(), worker);
    removed.remove(worker.id());
    worker.slots().changeHandler(() -> onLane.execute(() -> changed(worker)));
    changedNow(worker);
  }

  void detached(AttachedWorker worker) {
    worker.slots().changeHandler(null);
    announced.remove(worker.id());
    dirty.remove(worker);
    loads.remove(worker);
    removed.add(worker.id());
    publishSoon();
  }

  void changedNow(AttachedWorker worker) {
    if (announced.get(worker.id()) == worker) {
      dirty.add(worker);
      publishSoon();
    }
  }

  private void publishSoon() {
    if (!soon) {
      soon = true;
      onLane.execute(
          () -> {
            soon = false;
            publish();
          });
    }
  }

  private void changed(AttachedWorker worker) {
    if (announced.get(worker.id()) == worker) {
      loads.add(worker);
      publishLater();
    }
  }

  private void publishLater() {
    if (timer == null) {
      timer = lane.timer(COALESCE_MILLIS, this::publish);
    }
  }

  private void publish() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    Iterator<AttachedWorker> waiting = loads.iterator();
    for (int i = 0; i < MOST_LOADS && waiting.hasNext(); i++) {
      dirty.add(waiting.next());
      waiting.remove();
    }
    if (dirty.isEmpty() && removed.isEmpty()) {
      return;
    }
    version++;
    WorkerChanged.Builder change = head().addAllRemoved(removed);
    for (AttachedWorker worker : dirty) {
      worker.slots().settle();
      change.addWorkers(worker.info());
    }
    dirty.clear();
    removed.clear();
    out.accept(change.build());
    if (!loads.isEmpty()) {
      publishLater();
    }
  }

  /**
   * The whole list, as of the last announced version; nothing but the version when the asker has
   * seen all up to it.
   *
   * @param seen newest version the asker has, without a hole before it; 0 = none
   */
  WorkerChanged list(long seen) {
    return seen > 0 && seen == version ? head().build() : full();
  }

  private WorkerChanged full() {
    WorkerChanged.Builder list = head().setFull(true);
    for (AttachedWorker worker : announced.values()) {
      list.addWorkers(worker.info());
    }
    return list.build();
  }

  private WorkerChanged.Builder head() {
    return WorkerChanged.newBuilder()
        .setNodeId(lane.node().id())
        .setNodeIncarnation(lane.node().incarnation())
        .setLane(lane.endpoint().lane())
        .setVersion(version);
  }
}
