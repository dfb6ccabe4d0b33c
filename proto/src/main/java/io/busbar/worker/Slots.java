package io.busbar.worker;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The authoritative number of calls one worker runs, and whether it takes calls at all. One object
 * per worker, handed to its adapters on each lane of the node; taking and giving back are single
 * atomic steps, so the count is exact at every moment and no lane holds unused slots.
 */
public final class Slots {
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicBoolean changed = new AtomicBoolean();
  private final WakeList interested = new WakeList();
  private final Queue<Promise<Void>> untilIdle = new ConcurrentLinkedQueue<>();
  private volatile int capacity;
  private volatile boolean draining;
  private volatile String unhealthy;
  private volatile Description description = new Description("", "");
  private final LongAdder calls = new LongAdder();
  private volatile Runnable changeHandler;

  public Slots(int capacity) {
    resize(capacity);
  }

  /** Changes the capacity; running calls are not touched. */
  public void resize(int newCapacity) {
    if (newCapacity < 1) {
      throw new IllegalArgumentException("capacity " + newCapacity + ", expected at least 1");
    }
    capacity = newCapacity;
    tellChange();
  }

  /** Takes a slot if there is one. */
  public boolean take() {
    while (true) {
      int now = running.get();
      if (now >= capacity) {
        return false;
      }
      if (running.compareAndSet(now, now + 1)) {
        tellChange();
        return true;
      }
    }
  }

  /** Gives a slot back; exactly once per successful {@link #take()}. */
  public void free() {
    int left = running.decrementAndGet();
    if (left < 0) {
      running.incrementAndGet();
      throw new IllegalStateException("a slot was given back twice");
    }
    tellChange();
    if (left == 0) {
      tellIdle();
    }
  }

  public int running() {
    return running.get();
  }

  public int capacity() {
    return capacity;
  }

  /** No new calls; on every lane. */
  public void drain(boolean on) {
    draining = on;
    tellChange();
  }

  public boolean draining() {
    return draining;
  }

  /** Takes the worker out of dispatch on every lane while the reason is not null. */
  public void unhealthy(String reason) {
    unhealthy = reason;
    tellChange();
  }

  /**
   * What its holder believes of a worker, for people.
   *
   * @param state one word, "" = nothing beyond its status
   * @param lastError the last thing that went wrong, "" = nothing yet
   */
  public record Description(String state, String lastError) {}

  public void describe(Description told) {
    description = told;
    tellChange();
  }

  public Description description() {
    return description;
  }

  /** An attempt began on it. */
  public void counted() {
    calls.increment();
  }

  /** Attempts that began so far, on all lanes. */
  public long calls() {
    return calls.sum();
  }

  /** Why the worker is out of dispatch, null = it is not. */
  public String unhealthy() {
    return unhealthy;
  }

  /**
   * Told, on any thread, at the first change after the last {@link #settle()}; the worker's home
   * lane announces it.
   */
  public void changeHandler(Runnable handler) {
    changeHandler = handler;
    tellChange();
  }

  /** The next change is worth telling again. Call before reading the values. */
  public void settle() {
    changed.set(false);
  }

  /** Dispatchers that were told "busy" and want to know of a free slot. */
  public WakeList interested() {
    return interested;
  }

  /**
   * Completes, on any thread, as soon as no slot is taken; at once when none is. A worker that is
   * not draining may take the next one in the same moment.
   */
  public Future<Void> whenIdle() {
    Promise<Void> idle = Promise.promise();
    untilIdle.add(idle);
    // Looked at after entering, as the last slot may have been given back meanwhile.
    if (running.get() == 0) {
      tellIdle();
    }
    return idle.future();
  }

  private void tellIdle() {
    for (Promise<Void> idle = untilIdle.poll(); idle != null; idle = untilIdle.poll()) {
      idle.complete();
    }
  }

  private void tellChange() {
    Runnable handler = changeHandler;
    // Mostly it is told already: looking first keeps two lanes from taking the line in turns.
    if (handler != null && !changed.get() && changed.compareAndSet(false, true)) {
      handler.run();
    }
  }
}
