package io.busbar.worker;

import io.busbar.bus.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounded, fair memory of the dispatchers' lanes to tell when a slot of one worker frees. A lane
 * enters by a rejected offer and stays while it follows each wake with an offer. Any thread.
 */
public final class WakeList {
  /** Lanes remembered at most; further ones rely on their own back-off. */
  public static final int MAX = 1024;

  private static final long NOT_WOKEN = Long.MAX_VALUE;

  /** Value: when it was woken since its last offer. In the order of the last offer. */
  private final Map<Endpoint, Long> lanes = new LinkedHashMap<>();

  private final AtomicLong leftOut = new AtomicLong();
  private volatile int size;

  /** An offer was rejected: this lane wants to know. */
  public synchronized void rejected(Endpoint lane) {
    if (lanes.containsKey(lane) || lanes.size() < MAX) {
      lanes.put(lane, NOT_WOKEN);
      size = lanes.size();
    } else {
      leftOut.incrementAndGet();
    }
  }

  /** Lanes remembered now. */
  public int size() {
    return size;
  }

  /** Lanes not remembered so far because the list was full. */
  public long leftOut() {
    return leftOut.get();
  }

  /** An offer was accepted: a lane that is interested goes on being so, behind the others. */
  public void accepted(Endpoint lane) {
    if (size == 0) {
      return;
    }
    synchronized (this) {
      if (lanes.remove(lane) != null) {
        lanes.put(lane, NOT_WOKEN);
      }
    }
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The lane to wake next, which counts as woken from now on; null = none waits to be. */
  public synchronized Endpoint next(long now) {
    for (Map.Entry<Endpoint, Long> entry : lanes.entrySet()) {
      if (entry.getValue() == NOT_WOKEN) {
        entry.setValue(now);
        return entry.getKey();
      }
    }
    return null;
  }

  /**
   * Lanes that were woken at that time or earlier and made no offer since are not interested any
   * more. True if others were woken later.
   */
  public synchronized boolean dropSilent(long wokenUntil) {
    lanes.values().removeIf(wokenAt -> wokenAt <= wokenUntil);
    size = lanes.size();
    for (long wokenAt : lanes.values()) {
      if (wokenAt != NOT_WOKEN) {
        return true;
      }
    }
    return false;
  }

  /** A node left. */
  public synchronized void forget(String node) {
    lanes.keySet().removeIf(lane -> lane.node().equals(node));
    size = lanes.size();
  }
}
