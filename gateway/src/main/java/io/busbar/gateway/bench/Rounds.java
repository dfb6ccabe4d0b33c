package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.busbar.gateway.process.ChildProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Rounds of all targets in turns: what disturbs the machine for a while disturbs them all. */
final class Rounds {
  private static final int WARMUP_ROUNDS = 3;
  private static final int MOST_WARMUP_ROUNDS = 16 * WARMUP_ROUNDS;

  /** Below this the compiler has not seen enough, however long it took on a busy machine. */
  private static final long WARMUP_CALLS = 20_000;

  /** So many bytes of large bodies are as good. */
  private static final long WARMUP_BYTES = 2L << 30;

  /** A target is warm when its servers' compilers take no more of their processor time. */
  private static final double COMPILER_SHARE = 0.02;

  private Rounds() {}

  static void run(List<Target> targets, CallLoad load, Report report) throws Exception {
    warmUp(targets, load, report);
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

  /**
   * Calls until the servers' compilers are done: before that a call costs several times more.
   * Targets on the same servers take turns, for what is compiled for one is compiled anew, and
   * otherwise, for the next.
   */
  private static void warmUp(List<Target> targets, CallLoad load, Report report) throws Exception {
    long nanos = (long) (load.warmup() / WARMUP_ROUNDS * TimeUnit.SECONDS.toNanos(1));
    if (nanos == 0) {
      return;
    }
    Map<List<Farm.Server>, Warming> byServers = new LinkedHashMap<>();
    for (Target target : targets) {
      byServers
          .computeIfAbsent(target.servers(), servers -> new Warming(load.shape().size()))
          .targets
          .add(target);
    }
    List<Warming> cold = new ArrayList<>(byServers.values());
    for (int i = 0; i < MOST_WARMUP_ROUNDS && !cold.isEmpty(); i++) {
      for (Warming one : List.copyOf(cold)) {
        if (one.pass(nanos)) {
          cold.remove(one);
        }
      }
    }
    for (Warming one : cold) {
      report.note(
          one.targets.get(0).name()
              + " was not warm when the warm-up ended, after "
              + one.calls
              + " calls: compilers took "
              + Math.round(100 * one.share)
              + " % of its processor time in the last round of each load\n");
    }
  }

  /** The targets of the same servers before they are measured. */
  private static final class Warming {
    final List<Target> targets = new ArrayList<>();
    private final long least;
    private long calls;
    private int passes;
    private double share;

    Warming(int size) {
      least = Math.max(WARMUP_ROUNDS, Math.min(WARMUP_CALLS, WARMUP_BYTES / Math.max(1, size)));
    }

    /** One round of each; true when the compilers rested in all of them. */
    boolean pass(long nanos) throws Exception {
      boolean rest = true;
      long spent = 0;
      long compiled = 0;
      for (Target target : targets) {
        Target.Spent round = target.round(nanos, false);
        rest &= round.compilerShare() <= COMPILER_SHARE;
        calls += round.calls();
        spent += round.nanos();
        compiled += round.compilerNanos();
      }
      passes++;
      share = (double) compiled / Math.max(1, spent);
      return rest && passes >= WARMUP_ROUNDS && calls >= least * targets.size();
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
