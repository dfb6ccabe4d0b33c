package io.busbar.runners;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the runners of one pool that fail far more often than the rest. A pool that fails as a
 * whole has no outlier: then the calls are at fault. Pure.
 */
final class Outliers {
  /** Calls that a runner must have had for its rate to count. */
  static final int LEAST_CALLS = 20;

  private static final double LEAST_RATE = 0.3;
  private static final double TIMES_THE_REST = 4;

  private Outliers() {}

  /**
   * How the calls of one runner ended since the last look.
   *
   * @param failed of them by the platform's fault
   */
  record Tally<T>(T runner, long calls, long failed) {
    double rate() {
      return calls == 0 ? 0 : (double) failed / calls;
    }
  }

  /**
   * The worst first.
   *
   * @param most how many may be named
   */
  static <T> List<Tally<T>> among(List<Tally<T>> tallies, int most) {
    long calls = tallies.stream().mapToLong(Tally::calls).sum();
    long failed = tallies.stream().mapToLong(Tally::failed).sum();
    List<Tally<T>> worst = new ArrayList<>(tallies);
    worst.sort((a, b) -> Double.compare(b.rate(), a.rate()));
    List<Tally<T>> found = new ArrayList<>();
    for (Tally<T> tally : worst) {
      if (found.size() >= most) {
        break;
      }
      if (tally.calls() < LEAST_CALLS) {
        continue;
      }
      long otherCalls = calls - tally.calls();
      long otherFailed = failed - tally.failed();
      if (otherCalls < LEAST_CALLS) {
        continue;
      }
      double rest = (double) otherFailed / otherCalls;
      if (tally.rate() < LEAST_RATE || tally.rate() < TIMES_THE_REST * rest) {
        break;
      }
      found.add(tally);
      // The rest is judged without those already found.
      calls = otherCalls;
      failed = otherFailed;
    }
    return found;
  }
}
