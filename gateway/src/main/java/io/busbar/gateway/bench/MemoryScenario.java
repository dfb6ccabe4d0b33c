package io.busbar.gateway.bench;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What a node in front of a runner still holds after many calls. Calls in both styles go in turns
 * until the number is reached; live objects after a full collection are counted at each tenth. What
 * the node remembers of calls that ended is full long before the first tenth of a large number.
 */
final class MemoryScenario {
  private static final String POOL = "echo";
  private static final int STEPS = 10;
  private static final double GROWTH_TARGET = 1.1;
  private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final Farm farm;
  private final Vertx vertx;
  private final Target.Load shape;

  MemoryScenario(Farm farm, Vertx vertx, Target.Load shape) {
    this.farm = farm;
    this.vertx = vertx;
    this.shape = shape;
  }

  /**
   * @param calls how many in all
   */
  Report run(long calls) throws Exception {
    Report report = new Report("memory of a node over " + calls + " calls to a runner");
    Farm.Server runner = farm.start("runner", EchoRunner.class.getName(), List.of());
    Farm.Server node =
        farm.node(
            "node",
            "bench-memory",
            null,
            List.of(),
            List.of(POOL),
            List.of(
                "pools." + POOL + ".runners=[127.0.0.1:" + runner.port("runner") + "]",
                "pools." + POOL + ".concurrency=1000"));
    List<Target> styles =
        List.of(
            Target.open(vertx, "half-close", List.of(node), POOL, shape, CallStyle.HALF_CLOSE),
            Target.open(vertx, "as Fn", List.of(node), POOL, shape, CallStyle.FN));
    long made = 0;
    long first = 0;
    long last = 0;
    for (int step = 1; step <= STEPS; step++) {
      while (made < calls * step / STEPS) {
        for (Target style : styles) {
          made += style.round(ROUND_NANOS, false).calls();
        }
      }
      last = Profile.liveBytes(node.process());
      first = step == 1 ? last : first;
      report.row(
          "calls",
          made,
          "live MiB",
          last / (double) (1 << 20),
          "resident MiB",
          ResidentMemory.bytes(node.process()) / (double) (1 << 20));
    }
    for (Target style : styles) {
      if (style.figures().failed() > 0) {
        report.problem(
            style.figures().failed() + " calls failed, first: " + style.figures().problem());
      }
    }
    report.atMost("live bytes at the end / after a tenth", last / (double) first, GROWTH_TARGET);
    return report;
  }
}
