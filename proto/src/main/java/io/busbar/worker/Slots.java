package io.busbar.worker;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The authoritative number of calls one worker runs. One object per worker, handed to its adapters
 * on each lane of the node; taking and giving back are single atomic steps, so the count is exact
 * at every moment and no lane holds unused slots.
 */
public final class Slots {
  private final AtomicInteger running = new AtomicInteger();
  private volatile int capacity;

  public Slots(int capacity) {
    resize(capacity);
  }

  /** Changes the capacity; running calls are not touched. */
  public void resize(int newCapacity) {
    if (newCapacity < 1) {
      throw new IllegalArgumentException("capacity " + newCapacity + ", expected at least 1");
    }
    capacity = newCapacity;
  }

  /** Takes a slot if there is one. */
  public boolean take() {
    while (true) {
      int now = running.get();
      if (now >= capacity) {
        return false;
      }
      if (running.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** Gives a slot back; exactly once per successful {@link #take()}. */
  public void free() {
    if (running.decrementAndGet() < 0) {
      running.incrementAndGet();
      throw new IllegalStateException("a slot was given back twice");
    }
  }

  public int running() {
    return running.get();
  }

  public int capacity() {
    return capacity;
  }
}
