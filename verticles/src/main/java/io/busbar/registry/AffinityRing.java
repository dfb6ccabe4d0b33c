package io.busbar.registry;

import java.util.Arrays;

/**
 * Maps keys to workers so that a change of the workers moves few keys: consistent hashing with a
 * few points per worker and several probes per key, of which the closest to a point wins. Compared
 * with rendezvous hashing it moves the same keys (those of a worker that left, and those a new one
 * wins) and costs the same for ten workers as for ten thousand. Immutable.
 */
final class AffinityRing {
  /** Together with the points: the fullest of any number of workers gets at most 1.15 shares. */
  static final int PROBES = 21;

  /** With one point two workers may fall so close together that one gets three keys of four. */
  static final int POINTS = 8;

  /** Low bits of a point that say whose it is: its place among the workers by hash. */
  private static final int OWNER_BITS = 20;

  private static final long OWNER = (1L << OWNER_BITS) - 1;

  /** In order; the top bit is flipped so that signed order is right. */
  private final long[] points;

  private final WorkerCell[] cells;

  /** First point at or after the start of each of 2^bits equal parts of the circle. */
  private final int[] index;

  private final int shift;

  AffinityRing(WorkerCell[] workers) {
    cells = workers.clone();
    // The view keeps them in this order, which makes the sort a single pass.
    Arrays.sort(cells, WorkerCell.BY_HASH);
    int n = cells.length;
    if (n > OWNER) {
      throw new IllegalArgumentException(n + " workers, expected at most " + OWNER);
    }
    points = new long[n * POINTS];
    for (int i = 0; i < n; i++) {
      long hash = cells[i].hash();
      for (int p = 0; p < POINTS; p++) {
        long point = p == 0 ? hash : Hashes.mix(hash + p);
        points[i * POINTS + p] = ((point & ~OWNER) | i) ^ Long.MIN_VALUE;
      }
    }
    Arrays.sort(points);
    int all = points.length;
    int bits = Math.max(1, 33 - Integer.numberOfLeadingZeros(Math.max(1, all - 1)));
    shift = 64 - bits;
    index = new int[1 << bits];
    int at = 0;
    for (int part = 0; part < index.length; part++) {
      long start = ((long) part << shift) ^ Long.MIN_VALUE;
      while (at < all && points[at] < start) {
        at++;
      }
      index[part] = at;
    }
  }

  /**
   * The worker of a key. Further choices, each independent of the ones before, when that one cannot
   * take it: {@code choice} 1, 2, … May name the same worker twice. Null without workers.
   */
  WorkerCell find(long key, int choice) {
    if (points.length == 0) {
      return null;
    }
    int best = 0;
    long closest = -1;
    for (int i = 0; i < PROBES; i++) {
      long probe = Hashes.mix(key + (long) (choice * PROBES + i) * 0x9e3779b97f4a7c15L);
      int next = successor(probe);
      long distance = points[next] - (probe ^ Long.MIN_VALUE);
      if (i == 0 || Long.compareUnsigned(distance, closest) < 0) {
        closest = distance;
        best = next;
      }
    }
    return cells[(int) (points[best] & OWNER)];
  }

  private int successor(long probe) {
    long flipped = probe ^ Long.MIN_VALUE;
    int at = index[(int) (probe >>> shift)];
    while (at < points.length && points[at] < flipped) {
      at++;
    }
    return at == points.length ? 0 : at;
  }
}
