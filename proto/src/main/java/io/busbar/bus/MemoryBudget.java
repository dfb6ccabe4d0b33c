package io.busbar.bus;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The node's bytes for streams: granted to writers elsewhere and not yet consumed here, and held
 * here for readers elsewhere. Shared by the lanes of a node; each method may be called from any
 * thread.
 *
 * <p>A grant that a stream cannot live without ({@link BusOptions#smallestGrant}) is always given,
 * so the use may exceed the total by that much for each stream that was opened after the budget was
 * spent, and by what writers held then.
 */
public final class MemoryBudget {
  private final long total;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private final AtomicLong lanes = new AtomicLong();

  /**
   * @param total bytes, at least 1
   */
  public MemoryBudget(long total) {
    if (total < 1) {
      throw new IllegalArgumentException("bus.memory: " + total + ", expected at least 1");
    }
    this.total = total;
  }

  public long total() {
    return total;
  }

  /** Bytes taken now; may exceed the total, see above. */
  public long used() {
    return used.get();
  }

  /** Most bytes that were taken at once. */
  public long peak() {
    return peak.get();
  }

  /** Takes bytes if that many are left. */
  public boolean tryTake(long bytes) {
    while (true) {
      long now = used.get();
      if (now + bytes > total) {
        return false;
      }
      if (used.compareAndSet(now, now + bytes)) {
        top(now + bytes);
        return true;
      }
    }
  }

  /** Takes bytes whether they are left or not. */
  public void take(long bytes) {
    top(used.addAndGet(bytes));
  }

  /** Gives bytes back. */
  public void give(long bytes) {
    used.addAndGet(-bytes);
  }

  /** A lane of the node uses this budget from now on, and its share of each peer's window. */
  public void laneOpened() {
    lanes.incrementAndGet();
  }

  /** A lane of the node is gone. */
  public void laneClosed() {
    lanes.decrementAndGet();
  }

  /** Lanes open now, at least 1. */
  public int lanes() {
    return (int) Math.max(1, lanes.get());
  }

  private void top(long now) {
    if (now > peak.get()) {
      peak.accumulateAndGet(now, Math::max);
    }
  }
}
