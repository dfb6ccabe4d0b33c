package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The same runner behind different hops: none, nginx, HAProxy, one node, two nodes. All servers run
 * during the whole benchmark, rounds go in turns over all hops and loads.
 */
final class RunnerScenario {
  static final String DIRECT = "direct";
  static final String NGINX = "nginx";
  static final String HAPROXY = "haproxy";
  static final String ONE_NODE = "one-node";
  static final String TWO_NODES = "two-nodes";
  static final List<String> NAMES = List.of(DIRECT, NGINX, HAPROXY, ONE_NODE, TWO_NODES);

  private static final String POOL = "echo";
  private static final double CPU_TARGET_HALF_CLOSE = 0.7;
  private static final double CPU_TARGET_FN = 0.75;
  private static final double RATE_TARGET = 1.5;

  /**
   * One way of calling.
   *
   * @param shape size, calls at once, connections
   */
  record Shape(CallStyle style, Target.Load shape) {
    String label() {
      return style.label() + ", " + shape.inFlight() + " on " + shape.connections();
    }
  }

  /** A hop under one load. */
  private record Case(Shape shape, String hop, Target target) {}

  private final Farm farm;
  private final Vertx vertx;
  private final CallLoad load;
  private final List<Shape> shapes;
  private final boolean large;

  /**
   * @param load size, time and rounds; its calls and connections are those of the shapes
   * @param large few large bodies: what counts is bytes per second
   */
  RunnerScenario(Farm farm, Vertx vertx, CallLoad load, List<Shape> shapes, boolean large) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
    this.shapes = shapes;
    this.large = large;
  }

  Report run(Set<String> only) throws Exception {
    int size = load.shape().size();
    Report report = new Report("Engage calls to one runner, " + size + " bytes each way");
    report.fact(
        "rounds",
        load.rounds()
            + " of "
            + load.seconds() / load.rounds()
            + " s for each line, after "
            + load.warmup()
            + " s");
    Map<String, List<Farm.Server>> hops = start(only, report);
    List<Case> cases = new ArrayList<>();
    for (Shape shape : shapes) {
      for (Map.Entry<String, List<Farm.Server>> hop : hops.entrySet()) {
        Target target =
            Target.open(vertx, hop.getKey(), hop.getValue(), POOL, shape.shape(), shape.style());
        cases.add(new Case(shape, hop.getKey(), target));
      }
    }
    Rounds.run(cases.stream().map(Case::target).toList(), load, report);
    cases.forEach(one -> row(report, one));
    shapes.forEach(shape -> compare(report, shape, cases));
    return report;
  }

  private Map<String, List<Farm.Server>> start(Set<String> only, Report report) throws Exception {
    Farm.Server runner = farm.start("runner", EchoRunner.class.getName(), List.of());
    int port = runner.port("runner");
    Map<String, List<Farm.Server>> hops = new LinkedHashMap<>();
    if (only.contains(DIRECT)) {
      hops.put(DIRECT, List.of(runner));
    }
    if (only.contains(NGINX)) {
      Optional<Path> nginx = installed(NGINX, report);
      if (nginx.isPresent()) {
        hops.put(NGINX, List.of(Proxies.nginx(farm, nginx.get(), port)));
      }
    }
    if (only.contains(HAPROXY)) {
      Optional<Path> haproxy = installed(HAPROXY, report);
      if (haproxy.isPresent()) {
        hops.put(HAPROXY, List.of(Proxies.haproxy(farm, haproxy.get(), port)));
      }
    }
    List<String> dial =
        List.of(
            "pools." + POOL + ".runners=[127.0.0.1:" + port + "]",
            "pools." + POOL + ".concurrency=1000");
    if (only.contains(ONE_NODE)) {
      hops.put(
          ONE_NODE, List.of(farm.node("one", "bench-one", null, List.of(), List.of(POOL), dial)));
    }
    if (only.contains(TWO_NODES)) {
      Farm.Server a = farm.node("a", "bench-two", null, List.of(), List.of(POOL));
      Farm.Server b = farm.node("b", "bench-two", a, List.of(), List.of(), dial);
      hops.put(TWO_NODES, List.of(a, b));
    }
    return hops;
  }

  private static Optional<Path> installed(String program, Report report) {
    Optional<Path> found = Proxies.find(program);
    if (found.isEmpty()) {
      report.note(program + ": skipped, not installed\n");
    }
    return found;
  }

  private void row(Report report, Case one) {
    Figures figures = one.target().figures();
    double mib = 2.0 * load.shape().size() / (1 << 20);
    report.row(
        "load",
        one.shape().label(),
        "hop",
        one.hop(),
        "calls",
        figures.calls(),
        large ? "MiB/s, both ways" : "calls/s",
        large ? figures.rate() * mib : figures.rate(),
        "min-max calls/s",
        figures.spread(),
        "p50 ms",
        figures.millis(50),
        "p99 ms",
        figures.millis(99),
        "hop us/call",
        figures.serverMicros(),
        "by process",
        byProcess(one.target()),
        "compiler us/call",
        figures.compilerMicros());
    if (figures.failed() > 0) {
      report.problem(
          one.hop()
              + ", "
              + one.shape().label()
              + ": "
              + figures.failed()
              + " calls, first: "
              + figures.problem());
    }
  }

  private static String byProcess(Target target) {
    List<String> each = new ArrayList<>();
    for (int i = 0; i < target.servers().size(); i++) {
      each.add(Long.toString(Math.round(target.figures().serverMicros(i))));
    }
    return String.join(" + ", each);
  }

  private void compare(Report report, Shape shape, List<Case> cases) {
    Figures nginx = figures(cases, shape, NGINX);
    if (nginx == null || nginx.calls() == 0) {
      return;
    }
    for (String hop : List.of(ONE_NODE, TWO_NODES)) {
      Figures mine = figures(cases, shape, hop);
      if (mine == null || mine.calls() == 0) {
        continue;
      }
      String name = shape.label() + ": " + hop + " / nginx, ";
      double cpu = mine.serverMicros() / Math.max(1e-3, nginx.serverMicros());
      double rate = mine.rate() / nginx.rate();
      if (large) {
        report.atLeast(name + "rate", rate, 1);
      } else if (shape.shape().inFlight() == 1) {
        report.atMost(name + "p50", mine.millis(50) / nginx.millis(50), 1);
      } else {
        boolean fn = shape.style() == CallStyle.FN;
        report.atMost(name + "hop CPU", cpu, fn ? CPU_TARGET_FN : CPU_TARGET_HALF_CLOSE);
        report.atLeast(name + "calls/s", rate, RATE_TARGET);
      }
    }
  }

  /** Null = not measured. */
  private static Figures figures(List<Case> cases, Shape shape, String hop) {
    return cases.stream()
        .filter(one -> one.shape().equals(shape) && one.hop().equals(hop))
        .map(one -> one.target().figures())
        .findFirst()
        .orElse(null);
  }
}
