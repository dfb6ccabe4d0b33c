package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.busbar.gateway.process.ChildProcess;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Rounds of all targets in turns: what disturbs the machine for a while disturbs them all. */
final class Rounds {
  private static final int WARMUP_ROUNDS = 3;
  private static final int MOST_WARMUP_ROUNDS = 16 * WARMUP_ROUNDS;

  /** Below this the compiler has not seen enough, however long it took on a busy machine. */
  private static final long WARMUP_CALLS = 20_000;

  /** A target is warm when its servers' compilers take no more of their processor time. */
  private static final double COMPILER_SHARE = 0.02;

  private Rounds() {}

  static void run(List<Target> targets, CallLoad load, Report report) throws Exception {
    run(targets, targets, load, report);
  }

  /**
   * @param warmUp those that warm the servers of all
   */
  static void run(List<Target> warmUp, List<Target> targets, CallLoad load, Report report)
      throws Exception {
    warmUp(warmUp, load, report);
    List<Profile> profiles = new ArrayList<>();
    if (load.profile()) {
      Set<ChildProcess> servers = new LinkedHashSet<>();
      targets.forEach(t -> t.servers().forEach(server -> servers.add(server.process())));
      for (ChildProcess server : servers) {
        profiles.add(Profile.start(server));
      }
    }
    for (int i = 0; i < load.rounds(); i++) {
      System.err.println("round " + (i + 1) + " of " + load.rounds());
      for (Target target : targets) {
        target.round(load.roundNanos(), true);
      }
    }
    for (Profile profile : profiles) {
      report.note(profile.stop());
    }
  }

  /** Calls until the servers' compilers are done: before that a call costs several times more. */
  private static void warmUp(List<Target> targets, CallLoad load, Report report) throws Exception {
    long nanos = (long) (load.warmup() / WARMUP_ROUNDS * TimeUnit.SECONDS.toNanos(1));
    if (nanos == 0) {
      return;
    }
    long[] calls = new long[targets.size()];
    Set<Target> cold = new LinkedHashSet<>(targets);
    for (int i = 0; i < MOST_WARMUP_ROUNDS && !cold.isEmpty(); i++) {
      for (int t = 0; t < calls.length; t++) {
        Target target = targets.get(t);
        if (cold.contains(target)) {
          Target.Spent spent = target.round(nanos, false);
          calls[t] += spent.calls();
          boolean warm =
              i + 1 >= WARMUP_ROUNDS
                  && calls[t] >= WARMUP_CALLS
                  && spent.compilerShare() <= COMPILER_SHARE;
          if (warm) {
            cold.remove(target);
          }
        }
      }
    }
    for (Target target : cold) {
      report.note(target.name() + " was still being compiled when the warm-up ended\n");
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
        "compiler us/call",
        figures.compilerMicros(),
        "client us/call",
        figures.clientMicros());
    if (figures.failed() > 0) {
      report.problem(
          target.name() + ": " + figures.failed() + " calls, first: " + figures.problem());
    }
  }
}
