package io.busbar.websocket.control;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Shuts out an address that was refused too often. It knows a bounded number of addresses; the one
 * that was refused first is forgotten first. Thread-safe.
 */
final class Cooldown {
  private static final int MOST_ADDRESSES = 10_000;

  private final int rejections;
  private final long window;
  private final long cooldown;
  private final LongSupplier clock;
  private final Map<String, Record> records = new LinkedHashMap<>();

  private static final class Record {
    private final Deque<Long> times = new ArrayDeque<>();
    private boolean blocked;
    private long until;
  }

  /**
   * @param rejections within the window after which an address is shut out
   * @param window milliseconds
   * @param cooldown milliseconds
   * @param clock monotonic milliseconds
   */
  Cooldown(int rejections, long window, long cooldown, LongSupplier clock) {
    this.rejections = rejections;
    this.window = window;
    this.cooldown = cooldown;
    this.clock = clock;
  }

  synchronized boolean isShutOut(String address) {
    Record record = records.get(address);
    if (record == null || !record.blocked) {
      return false;
    }
    if (clock.getAsLong() < record.until) {
      return true;
    }
    records.remove(address);
    return false;
  }

  synchronized void rejected(String address) {
    long now = clock.getAsLong();
    Record record = records.computeIfAbsent(address, fresh -> new Record());
    record.times.add(now);
    while (now - record.times.peek() > window || record.times.size() > rejections) {
      record.times.poll();
    }
    if (record.times.size() >= rejections && !record.blocked) {
      record.blocked = true;
      record.until = now + cooldown;
    }
    if (records.size() > MOST_ADDRESSES) {
      records.remove(records.keySet().iterator().next());
    }
  }
}
