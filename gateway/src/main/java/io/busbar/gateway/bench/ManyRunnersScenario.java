package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The price of a call when its pool names few runners, and when it names many; each a node of its
 * own, in turns. One scripted runner listens on all loopback addresses, so each address is a
 * runner. What a node spends on its runners without calls is measured apart.
 */
final class ManyRunnersScenario {
  static final int FEW = 10;

  private static final String POOL = "echo";
  private static final double TARGET = 1.1;

  /** After so many calls for each runner nearly all have a connection on each lane. */
  private static final int CALLS_PER_RUNNER = 10;

  private static final int IDLE_ROUNDS = 3;
  private static final int PER_NET = 250;
  private static final double KIB = 1024;

  private final Farm farm;
  private final Vertx vertx;
  private final CallLoad load;
  private final CallStyle style;

  ManyRunnersScenario(Farm farm, Vertx vertx, CallLoad load, CallStyle style) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
    this.style = style;
  }

  /** One node with its runners. */
  private static final class Side {
    final int runners;
    final Target target;
    final double readySeconds;
    final double knownSeconds;
    final long bytesAtStart;
    long idleNanos;
    long idleCpu;
    long idleCompiler;

    Side(int runners, Target target, double readySeconds, double knownSeconds, long bytesAtStart) {
      this.runners = runners;
      this.target = target;
      this.readySeconds = readySeconds;
      this.knownSeconds = knownSeconds;
      this.bytesAtStart = bytesAtStart;
    }

    Farm.Server node() {
      return target.entry();
    }

    /** Processor milliseconds that a second without calls takes, compilers apart. */
    double idleMillis() {
      return 1000.0 * (idleCpu - idleCompiler) / Math.max(1, idleNanos);
    }

    /** The same as a part of each call of the measured rounds, in microseconds. */
    double idleMicros(double measuredSeconds) {
      return 1000 * idleMillis() * measuredSeconds / Math.max(1, target.figures().calls());
    }

    double callMicros(double measuredSeconds) {
      Figures figures = target.figures();
      return figures.serverMicros() - figures.compilerMicros() - idleMicros(measuredSeconds);
    }
  }

  Report run(int many) throws Exception {
    Report report =
        new Report("calls with " + FEW + " and with " + many + " runners that the node dials");
    load.facts(report);
    report.fact("client", style.label());
    Farm.Server runner = farm.start("runner", EchoRunner.class.getName(), List.of("0.0.0.0"));
    List<Side> sides = List.of(open(runner, FEW), open(runner, many));
    for (Side side : sides) {
      connect(side);
    }
    Rounds.run(sides.stream().map(side -> side.target).toList(), load, report);
    for (int i = 0; i < IDLE_ROUNDS; i++) {
      for (Side side : sides) {
        idle(side);
      }
    }
    for (Side side : sides) {
      row(report, side);
    }
    compare(report, sides.get(0), sides.get(1));
    return report;
  }

  private Side open(Farm.Server runner, int runners) throws Exception {
    String name = runners + "-runners";
    Path file = Files.writeString(farm.folder().resolve(name + ".yaml"), pools(runner, runners));
    long start = System.nanoTime();
    Farm.Server node = farm.node(name, file, List.of(POOL));
    double ready = seconds(start);
    KnownWorkers.await(vertx, node, runner, runners);
    double known = seconds(start);
    long bytes = Profile.liveBytes(node.process());
    Target target = Target.open(vertx, name, List.of(node), POOL, load.shape(), style);
    return new Side(runners, target, ready, known, bytes);
  }

  /** Too long for a command line. */
  private static String pools(Farm.Server runner, int runners) {
    StringBuilder yaml = new StringBuilder("pools:\n  " + POOL + ":\n    runners:\n");
    for (int i = 0; i < runners; i++) {
      int net = i / PER_NET;
      yaml.append("      - 127.").append(1 + net / PER_NET).append('.').append(net % PER_NET);
      yaml.append('.').append(1 + i % PER_NET).append(':').append(runner.port("runner"));
      yaml.append('\n');
    }
    return yaml.toString();
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** Connections are not what is measured. */
  private void connect(Side side) throws Exception {
    if (load.warmup() == 0) {
      return;
    }
    long calls = 0;
    while (calls < (long) CALLS_PER_RUNNER * side.runners) {
      calls += side.target.round(TimeUnit.SECONDS.toNanos(1), false).calls();
    }
  }

  private void idle(Side side) throws InterruptedException {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(load.roundNanos()));
    long start = System.nanoTime();
    long cpu = side.node().process().cpuNanos();
    long compiler = side.node().process().compilerNanos();
    if (side.node().process().endsWithin(millis)) {
      throw new IllegalStateException("the node is gone:\n" + side.node().process().lastLines());
    }
    side.idleCpu += side.node().process().cpuNanos() - cpu;
    side.idleCompiler += side.node().process().compilerNanos() - compiler;
    side.idleNanos += System.nanoTime() - start;
  }

  private void row(Report report, Side side) {
    Figures figures = side.target.figures();
    report.row(
        "runners",
        side.runners,
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
        "node us/call",
        figures.serverMicros(),
        "compiler us/call",
        figures.compilerMicros(),
        "idle us/call",
        side.idleMicros(load.seconds()),
        "idle ms/s",
        side.idleMillis(),
        "ready s",
        side.readySeconds,
        "all known s",
        side.knownSeconds,
        "open files",
        openFiles(side.node()));
    if (figures.failed() > 0) {
      report.problem(
          side.runners + " runners: " + figures.failed() + " calls, first: " + figures.problem());
    }
  }

  /** -1 where the system does not tell. */
  private static int openFiles(Farm.Server node) {
    String[] open = Path.of("/proc", node.process().pid() + "", "fd").toFile().list();
    return open == null ? -1 : open.length;
  }

  private void compare(Report report, Side few, Side lots) throws IOException {
    double more = lots.runners - few.runners;
    long heap = Profile.liveBytes(lots.node().process()) - Profile.liveBytes(few.node().process());
    long beside =
        ResidentMemory.outsideHeap(lots.node().process())
            - ResidentMemory.outsideHeap(few.node().process());
    report.fact(
        "live KiB of heap per runner",
        "%.1f named, %.1f with its connections, and %.1f resident beside the heap"
            .formatted(
                (lots.bytesAtStart - few.bytesAtStart) / KIB / more,
                heap / KIB / more,
                beside / KIB / more));
    report.atMost(
        "processor time of the node per call, without compilers and what it spends without calls,"
            + " many / few",
        lots.callMicros(load.seconds()) / Math.max(1e-3, few.callMicros(load.seconds())),
        TARGET);
    report.atMost(
        "the same with what it spends without calls, many / few",
        (lots.callMicros(load.seconds()) + lots.idleMicros(load.seconds()))
            / Math.max(1e-3, few.callMicros(load.seconds()) + few.idleMicros(load.seconds())),
        TARGET);
  }
}
