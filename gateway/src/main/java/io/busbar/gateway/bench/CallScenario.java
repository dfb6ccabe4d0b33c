package io.busbar.gateway.bench;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Small Engage calls to servers without a bus, to one node and to two, in turns. */
final class CallScenario {
  static final String PLAIN = "plain";
  static final String DIRECT = "direct";
  static final String ONE_NODE = "one-node";
  static final String THREADS = "one-node-threads";
  static final String TWO_NODES = "two-nodes";
  static final List<String> NAMES = List.of(PLAIN, DIRECT, ONE_NODE, THREADS, TWO_NODES);

  static final String ECHO = "echo";
  private static final double ONE_NODE_TARGET = 0.8;
  private static final double TWO_NODES_TARGET = 0.5;

  private final Farm farm;
  private final Vertx vertx;
  private final CallLoad load;

  CallScenario(Farm farm, Vertx vertx, CallLoad load) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
  }

  Report run(Set<String> only) throws Exception {
    Report report = new Report("Engage calls, " + load.shape().size() + " bytes each way");
    load.facts(report);
    List<Target> targets = open(only);
    Rounds.run(targets, load, report);
    for (Target target : targets) {
      Rounds.row(report, target);
    }
    Target plain = find(targets, PLAIN);
    Target direct = find(targets, DIRECT);
    Target one = find(targets, ONE_NODE);
    Target two = find(targets, TWO_NODES);
    if (plain != null && one != null) {
      compare(report, "one node / plain", one, plain, ONE_NODE_TARGET);
    }
    if (direct != null && one != null) {
      compare(report, "one node / direct", one, direct, ONE_NODE_TARGET);
    }
    if (one != null && two != null) {
      compare(report, "two nodes / one node", two, one, TWO_NODES_TARGET);
    }
    return report;
  }

  private static void compare(Report report, String name, Target mine, Target base, double target) {
    double mineCpu = Math.max(1e-3, mine.figures().serverMicros());
    report.atLeast(name + ", calls/s", mine.figures().rate() / base.figures().rate(), target);
    report.atLeast(
        name + ", calls per CPU second", base.figures().serverMicros() / mineCpu, target);
  }

  private List<Target> open(Set<String> only) throws Exception {
    List<Target> targets = new ArrayList<>();
    if (only.contains(PLAIN)) {
      Farm.Server plain = farm.start(PLAIN, EchoRunner.class.getName(), List.of());
      targets.add(target(PLAIN, List.of(plain), ECHO));
    }
    if (only.contains(DIRECT)) {
      Farm.Server direct = farm.start(DIRECT, DirectServer.class.getName(), List.of());
      targets.add(target(DIRECT, List.of(direct), ECHO));
    }
    if (only.contains(ONE_NODE) || only.contains(THREADS)) {
      Farm.Server one =
          farm.node(
              "one",
              "bench-one",
              null,
              List.of(ECHO, ThreadEcho.class.getName()),
              List.of(ECHO, ThreadEcho.POOL));
      if (only.contains(ONE_NODE)) {
        targets.add(target(ONE_NODE, List.of(one), ECHO));
      }
      if (only.contains(THREADS)) {
        targets.add(target(THREADS, List.of(one), ThreadEcho.POOL));
      }
    }
    if (only.contains(TWO_NODES)) {
      Farm.Server a = farm.node("a", "bench-two", null, List.of(), List.of(ECHO));
      Farm.Server b = farm.node("b", "bench-two", a, List.of(ECHO), List.of());
      targets.add(target(TWO_NODES, List.of(a, b), ECHO));
    }
    return targets;
  }

  private Target target(String name, List<Farm.Server> servers, String fnId) throws Exception {
    return Target.open(vertx, name, servers, fnId, load.shape());
  }

  private static Target find(List<Target> targets, String name) {
    return targets.stream().filter(t -> t.name().equals(name)).findFirst().orElse(null);
  }

  /**
   * How long and how much.
   *
   * @param shape of the calls
   * @param seconds measured per target, over all rounds
   * @param warmup seconds per target before
   * @param rounds per target, in turns with the other targets
   * @param profile whether to record what the servers do in the rounds
   */
  record CallLoad(Target.Load shape, double seconds, double warmup, int rounds, boolean profile) {
    long roundNanos() {
      return (long) (seconds / rounds * TimeUnit.SECONDS.toNanos(1));
    }

    void facts(Report report) {
      report.fact(
          "load", shape.inFlight() + " in flight on " + shape.connections() + " connections");
      report.fact("rounds", rounds + " of " + seconds / rounds + " s each, after " + warmup + " s");
    }
  }
}
