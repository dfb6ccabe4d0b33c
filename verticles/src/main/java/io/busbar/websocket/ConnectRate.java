package io.busbar.websocket;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How often an address may connect: so many times at once, so many a minute after that. It knows a
 * bounded number of addresses; the one that has not been seen for longest is forgotten first, and
 * may then begin anew. Thread-safe.
 */
final class ConnectRate {
  private static final int MOST_ADDRESSES = 10_000;

  /** What one connection costs, and a minute gives for each that it allows. */
  private static final long COST = 60_000;

  private final int perMinute;
  private final int burst;
  private final LongSupplier clock;
  private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true);

  private record Bucket(long room, long at) {}

  /**
   * @param perMinute 0 = there is no limit
   * @param burst at once
   * @param clock monotonic milliseconds
   */
  ConnectRate(int perMinute, int burst, LongSupplier clock) {
    this.perMinute = perMinute;
    this.burst = burst;
    this.clock = clock;
  }

  /** Whether one more connection is within the limit; it counts if it is. */
  boolean take(String address) {
    return perMinute == 0 || counted(address);
  }

  private synchronized boolean counted(String address) {
    long now = clock.getAsLong();
    Bucket known = buckets.get(address);
    long most = burst * COST;
    long room =
        known == null ? most : Math.min(most, known.room() + (now - known.at()) * perMinute);
    boolean taken = room >= COST;
    buckets.put(address, new Bucket(taken ? room - COST : room, now));
    if (buckets.size() > MOST_ADDRESSES) {
      buckets.remove(buckets.keySet().iterator().next());
    }
    return taken;
  }
}
