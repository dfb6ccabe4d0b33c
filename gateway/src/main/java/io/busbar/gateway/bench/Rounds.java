package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Rounds of all targets in turns: what disturbs the machine for a while disturbs them all. */
final class Rounds {
  private static final int WARMUP_ROUNDS = 3;

  private Rounds() {}

  static void run(List<Target> targets, CallLoad load) throws Exception {
    long warmup = (long) (load.warmup() / WARMUP_ROUNDS * TimeUnit.SECONDS.toNanos(1));
    for (int i = 0; i < WARMUP_ROUNDS; i++) {
      for (Target target : targets) {
        target.round(warmup, false);
      }
    }
    for (int i = 0; i < load.rounds(); i++) {
      System.err.println("round " + (i + 1) + " of " + load.rounds());
      for (Target target : targets) {
        target.round(load.roundNanos(), true);
      }
    }
  }

  /** Adds what the target showed; fails the report if a call went wrong. */
  static void row(Report report, Target target) {
    Figures figures = target.figures();
    StringBuilder each = new StringBuilder();
    for (int i = 0; i < target.servers().size(); i++) {
      each.append(i == 0 ? "" : " + ").append(Math.round(figures.serverMicros(i)));
    }
    report.row(
        "target",
        target.name(),
        "calls",
        figures.calls(),
        "calls/s",
        figures.rate(),
        "min-max",
        figures.spread(),
        "p50 ms",
        figures.millis(50),
        "p99 ms",
        figures.millis(99),
        "server us/call",
        figures.serverMicros(),
        "by process",
        each.toString(),
        "client us/call",
        figures.clientMicros());
    if (figures.failed() > 0) {
      report.problem(
          target.name() + ": " + figures.failed() + " calls, first: " + figures.problem());
    }
  }
}
