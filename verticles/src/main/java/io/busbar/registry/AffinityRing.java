package io.busbar.registry;

import java.util.Arrays;

/**
 * Maps keys to workers so that a change of the workers moves few keys: consistent hashing with one
 * point per worker and several probes per key, of which the closest to a point wins. Compared with
 * rendezvous hashing it moves the same keys (those of a worker that left, and those a new one wins)
 * and costs the same for ten workers as for ten thousand. Immutable.
 */
final class AffinityRing {
  /** Keeps the share of the fullest worker below 1.3 times the mean, for any number of workers. */
  static final int PROBES = 21;

  /** Points and their workers in order; the top bit is flipped so that signed order is right. */
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
    points = new long[n];
    for (int i = 0; i < n; i++) {
      points[i] = cells[i].hash() ^ Long.MIN_VALUE;
    }
    int bits = Math.max(1, 33 - Integer.numberOfLeadingZeros(Math.max(1, n - 1)));
    shift = 64 - bits;
    index = new int[1 << bits];
    int at = 0;
    for (int part = 0; part < index.length; part++) {
      long start = ((long) part << shift) ^ Long.MIN_VALUE;
      while (at < n && points[at] < start) {
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
    return cells[best];
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
