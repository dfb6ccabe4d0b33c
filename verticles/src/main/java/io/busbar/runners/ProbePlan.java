package io.busbar.runners;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * When which runner is asked for its Status. Questions are spread: the first one of a runner falls
 * at a random place of its interval, each later one a tenth of it early or late, and no more than a
 * bounded number are open at once; the others wait their turn, the longest due first. Times in
 * milliseconds. Not thread-safe.
 */
final class ProbePlan<T> {
  private static final double JITTER = 0.1;

  /** Of very many runners some always keep a question open for long; the others must not wait. */
  private static final int PART = 50;

  private final int most;
  private final RandomGenerator random;
  private final Map<T, Due<T>> planned = new HashMap<>();
  private final TreeSet<Due<T>> queue = new TreeSet<>(ProbePlan::compare);
  private long serial;
  private int open;

  private record Due<T>(T runner, long at, long serial) {}

  /**
   * @param most questions open at once, or a fiftieth of the runners if those are more
   */
  ProbePlan(int most, RandomGenerator random) {
    this.most = most;
    this.random = random;
  }

  private static int compare(Due<?> a, Due<?> b) {
    int byTime = Long.compare(a.at(), b.at());
    return byTime != 0 ? byTime : Long.compare(a.serial(), b.serial());
  }

  /** A new runner, or one whose interval changed: due somewhere within it. */
  void spread(T runner, long interval, long now) {
    at(runner, now + (long) (interval * random.nextDouble()));
  }

  /** The next question, after an answer; or sooner than planned. */
  void after(T runner, long delay, long now) {
    double jitter = 1 - JITTER + 2 * JITTER * random.nextDouble();
    at(runner, now + Math.max(1, Math.round(delay * jitter)));
  }

  private void at(T runner, long when) {
    forget(runner);
    Due<T> due = new Due<>(runner, when, serial++);
    planned.put(runner, due);
    queue.add(due);
  }

  /** Nothing more of this runner, unless it is planned anew. */
  void forget(T runner) {
    Due<T> due = planned.remove(runner);
    if (due != null) {
      queue.remove(due);
    }
  }

  /**
   * The next runner to ask now, which counts as open until {@link #answered()}; null = none is due
   * or too many are open.
   */
  T next(long now) {
    if (open >= most() || queue.isEmpty() || queue.first().at() > now) {
      return null;
    }
    Due<T> due = queue.pollFirst();
    planned.remove(due.runner());
    open++;
    return due.runner();
  }

  private int most() {
    return Math.max(most, (open + queue.size()) / PART);
  }

  /** A question that {@link #next} gave out is over. */
  void answered() {
    open--;
  }

  /** When {@link #next} may have something; {@link Long#MAX_VALUE} = not before something ends. */
  long wakeAt() {
    return open >= most() || queue.isEmpty() ? Long.MAX_VALUE : queue.first().at();
  }

  int open() {
    return open;
  }

  int size() {
    return planned.size();
  }
}
