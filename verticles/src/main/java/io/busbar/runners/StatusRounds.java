package io.busbar.runners;

import io.busbar.bus.Lane;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Asks the runners of this node for their Status, spread over time, a bounded number at once. One
 * that gets no calls is asked more often, with a growing pause. On the first lane.
 */
final class StatusRounds {
  static final int MOST_AT_ONCE = 32;
  private static final long FIRST_PAUSE = 200;

  private final Lane lane;
  private final ProbePlan<DialledRunner> plan;
  private final Map<DialledRunner, Asked> asked = new HashMap<>();
  private Lane.Timer timer;
  private boolean stopped;

  StatusRounds(Lane lane, RandomGenerator random) {
    this.lane = lane;
    this.plan = new ProbePlan<>(MOST_AT_ONCE, random);
  }

  private static final class Asked {
    final HealthOptions options;
    long pause = FIRST_PAUSE;
    boolean open;

    Asked(HealthOptions options) {
      this.options = options;
    }
  }

  void add(DialledRunner runner, HealthOptions options) {
    if (options.statusInterval() > 0) {
      asked.put(runner, new Asked(options));
      plan.spread(runner, options.statusInterval(), lane.now());
      arm();
    }
  }

  void remove(DialledRunner runner) {
    asked.remove(runner);
    plan.forget(runner);
  }

  /** It was taken out of placement: ask soon whether it is back. */
  void soon(DialledRunner runner) {
    Asked one = asked.get(runner);
    if (one != null && !one.open) {
      one.pause = FIRST_PAUSE;
      plan.after(runner, one.pause, lane.now());
      arm();
    }
  }

  void stop() {
    stopped = true;
    asked.clear();
    if (timer != null) {
      timer.cancel();
    }
  }

  private void round() {
    timer = null;
    long now = lane.now();
    for (DialledRunner next = plan.next(now); next != null; next = plan.next(now)) {
      ask(next);
    }
    arm();
  }

  private void ask(DialledRunner runner) {
    Asked one = asked.get(runner);
    one.open = true;
    runner
        .probe(one.options.statusTimeout())
        .onComplete(
            done -> {
              plan.answered();
              one.open = false;
              if (asked.get(runner) == one) {
                plan.after(runner, delay(runner, one), lane.now());
              }
              arm();
            });
  }

  private static long delay(DialledRunner runner, Asked one) {
    long interval = one.options.statusInterval();
    if (runner.health().takes()) {
      one.pause = FIRST_PAUSE;
      return interval;
    }
    one.pause = Math.min(interval, one.pause * 2);
    return one.pause;
  }

  private void arm() {
    if (stopped) {
      return;
    }
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    long at = plan.wakeAt();
    if (at != Long.MAX_VALUE) {
      timer = lane.timer(Math.max(1, at - lane.now()), this::round);
    }
  }
}
