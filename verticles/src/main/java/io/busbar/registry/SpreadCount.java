package io.busbar.registry;

import java.util.concurrent.atomic.LongAdder;

/**
 * A number that all lanes change with each call and that is read now and then: changing it does not
 * make them wait for each other, reading it while it changes is not exact. Any thread.
 */
public final class SpreadCount {
  private final LongAdder count = new LongAdder();

  public void up() {
    count.increment();
  }

  public void down() {
    count.decrement();
  }

  /** Never below zero. */
  public int get() {
    return Math.max(0, count.intValue());
  }
}
