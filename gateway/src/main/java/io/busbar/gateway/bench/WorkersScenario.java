package io.busbar.gateway.bench;

import io.busbar.gateway.bench.CallScenario.CallLoad;
import io.vertx.core.Vertx;
import java.util.List;

/** The price of a call when its pool has few workers, and when it has many. */
final class WorkersScenario {
  private static final int FEW = 10;
  private static final double TARGET = 1.1;

  private final Farm farm;
  private final Vertx vertx;
  private final CallLoad load;

  WorkersScenario(Farm farm, Vertx vertx, CallLoad load) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
  }

  Report run(int many) throws Exception {
    Report report = new Report("calls with " + FEW + " and with " + many + " workers in the pool");
    load.facts(report);
    Target few = open(FEW);
    Target lots = open(many);
    Rounds.run(List.of(few, lots), load, report);
    Rounds.row(report, few);
    Rounds.row(report, lots);
    report.atMost(
        "CPU of the entry node per call, many / few",
        lots.figures().serverMicros(0) / few.figures().serverMicros(0),
        TARGET);
    report.atMost(
        "CPU of both processes per call, many / few",
        lots.figures().serverMicros() / few.figures().serverMicros(),
        TARGET);
    return report;
  }

  private Target open(int workers) throws Exception {
    String name = workers + "-workers";
    Farm.Server node = farm.node("node-" + name, name, null, List.of(), List.of(Crowd.POOL));
    Farm.Server crowd =
        farm.start(
            "crowd-" + name,
            Crowd.class.getName(),
            List.of(
                "--name",
                "crowd",
                "--cluster",
                name,
                "--join",
                node.ready().values().get("cluster"),
                "--workers",
                Integer.toString(workers)));
    KnownWorkers.await(vertx, node, crowd, workers);
    return Target.open(vertx, name, List.of(node, crowd), Crowd.POOL, load.shape());
  }
}
