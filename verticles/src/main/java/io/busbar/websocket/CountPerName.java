package io.busbar.websocket;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many there are of each name, such as an address; names with none are forgotten, so that there
 * are never more names than connections. Thread-safe.
 */
public final class CountPerName {
  private final int most;
  private final ConcurrentMap<String, Integer> counts = new ConcurrentHashMap<>();

  /**
   * @param most of one name
   */
  public CountPerName(int most) {
    this.most = most;
  }

  /** Counts one more unless there are enough; each success is followed by one {@link #leave}. */
  public boolean enter(String name) {
    boolean[] entered = new boolean[1];
    counts.compute(
        name,
        (same, count) -> {
          int now = count == null ? 0 : count;
          entered[0] = now < most;
          return entered[0] ? Integer.valueOf(now + 1) : count;
        });
    return entered[0];
  }

  public void leave(String name) {
    counts.computeIfPresent(name, (same, count) -> count == 1 ? null : count - 1);
  }
}
