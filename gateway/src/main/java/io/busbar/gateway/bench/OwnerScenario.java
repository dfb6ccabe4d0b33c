package io.busbar.gateway.bench;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Claims, renewals and reads of owners: a cluster of one node and one of three, beside etcd with as
 * many servers. All run during the whole benchmark, rounds go in turns.
 */
final class OwnerScenario {
  static final String ONE = "one-node";
  static final String THREE = "three-nodes";
  static final String ETCD_ONE = "etcd-1";
  static final String ETCD_THREE = "etcd-3";
  static final List<String> NAMES = List.of(ONE, ETCD_ONE, THREE, ETCD_THREE);

  private static final String CLAIM = "claim";
  private static final String RENEW = "renew";
  private static final String READ = "read";
  private static final List<String> WORK = List.of(CLAIM, RENEW, READ);
  private static final double READ_TARGET = 5;
  private static final double CLAIM_TARGET = 1;
  private static final long OPEN_SECONDS = 120;
  private static final long GRACE_SECONDS = 120;

  /**
   * @param seconds of each line, all rounds together
   * @param warmup seconds per store before, a third for each kind of request
   * @param inFlight requests at once, and sessions
   */
  record OwnerLoad(double seconds, double warmup, int rounds, int inFlight) {}

  private final Farm farm;
  private final Vertx vertx;
  private final OwnerLoad load;
  private final Map<String, Figures> figures = new LinkedHashMap<>();
  private final Map<String, Long> claimed = new LinkedHashMap<>();
  private final SplittableRandom random = new SplittableRandom();

  OwnerScenario(Farm farm, Vertx vertx, OwnerLoad load) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
  }

  Report run(Set<String> only) throws Exception {
    Report report = new Report("owners: claims, renewals of a session, and reads");
    report.fact("load", load.inFlight() + " in flight, " + load.inFlight() + " sessions");
    report.fact("connections", "one to each server; a member of the cluster, and gRPC");
    report.fact(
        "rounds",
        load.rounds()
            + " of "
            + load.seconds() / load.rounds()
            + " s for each line, after "
            + load.warmup()
            + " s");
    List<OwnerStoreSide> sides = new ArrayList<>();
    try {
      start(only, sides, report);
      for (OwnerStoreSide side : sides) {
        Target.await(begin(side), OPEN_SECONDS);
        for (String work : WORK) {
          round(side, work, load.warmup() / WORK.size(), load.warmup() > 0);
        }
      }
      figures.clear();
      for (int i = 0; i < load.rounds(); i++) {
        System.err.println("round " + (i + 1) + " of " + load.rounds());
        for (String work : WORK) {
          for (OwnerStoreSide side : sides) {
            round(side, work, load.seconds() / load.rounds(), true);
          }
        }
      }
    } finally {
      for (OwnerStoreSide side : sides) {
        side.close();
      }
    }
    for (String work : WORK) {
      sides.forEach(side -> row(report, work, side));
    }
    compare(report, ONE, ETCD_ONE);
    compare(report, THREE, ETCD_THREE);
    return report;
  }

  private void start(Set<String> only, List<OwnerStoreSide> sides, Report report) throws Exception {
    Optional<Path> etcd = Proxies.find("etcd");
    if (etcd.isEmpty() && (only.contains(ETCD_ONE) || only.contains(ETCD_THREE))) {
      report.note("etcd: skipped, it is not installed (Debian: etcd-server)\n");
    }
    if (only.contains(ONE)) {
      sides.add(BusbarSide.open(ONE, "bench-owner-1", nodes(farm, "bench-owner-1", 1, List.of())));
    }
    if (only.contains(ETCD_ONE) && etcd.isPresent()) {
      sides.add(new EtcdSide(vertx, ETCD_ONE, EtcdSide.start(farm, etcd.get(), "e", 1)));
    }
    if (only.contains(THREE)) {
      sides.add(
          BusbarSide.open(THREE, "bench-owner-3", nodes(farm, "bench-owner-3", 3, List.of())));
    }
    if (only.contains(ETCD_THREE) && etcd.isPresent()) {
      sides.add(new EtcdSide(vertx, ETCD_THREE, EtcdSide.start(farm, etcd.get(), "f", 3)));
    }
  }

  /** Nodes of one cluster, by name a, b, c and the number of them. */
  static List<Farm.Server> nodes(Farm farm, String cluster, int count, List<String> settings)
      throws Exception {
    List<Farm.Server> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = (char) ('a' + i) + "-" + count;
      Farm.Server first = nodes.isEmpty() ? null : nodes.get(0);
      nodes.add(farm.node(name, cluster, first, List.of(), List.of(), settings));
    }
    return nodes;
  }

  private Future<?> begin(OwnerStoreSide side) {
    Promise<Object> begun = Promise.promise();
    side.context().runOnContext(v -> side.begin(load.inFlight()).onComplete(d -> settle(begun, d)));
    return begun.future();
  }

  private static void settle(Promise<Object> promise, AsyncResult<?> done) {
    if (done.succeeded()) {
      promise.complete();
    } else {
      promise.fail(done.cause());
    }
  }

  /** One round; at least one request even if it has no time. */
  private void round(OwnerStoreSide side, String work, double seconds, boolean counted)
      throws Exception {
    long nanos = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    long until = System.nanoTime() + nanos;
    long first = claimed.getOrDefault(side.name(), 0L);
    LongFunction<Future<?>> request =
        switch (work) {
          case CLAIM -> n -> side.claim(key(first + n), (int) (n % load.inFlight()));
          case RENEW -> n -> side.renew((int) (n % load.inFlight()));
          default -> n -> side.read(key(random.nextLong(first)));
        };
    OwnerLoop loop =
        new OwnerLoop(load.inFlight(), request, n -> n == 0 || System.nanoTime() < until);
    long[] before = cpu(side);
    long compiler = compiler(side);
    long client = ownCpu();
    ClosedLoop.Round round =
        Target.await(loop.run(side.context()), (long) Math.ceil(seconds) + GRACE_SECONDS);
    long[] spent = cpu(side);
    for (int i = 0; i < spent.length; i++) {
      spent[i] -= before[i];
    }
    if (work.equals(CLAIM)) {
      claimed.put(side.name(), first + round.calls());
    }
    if (counted) {
      figures
          .computeIfAbsent(line(work, side.name()), k -> new Figures())
          .add(round, spent, compiler(side) - compiler, ownCpu() - client);
    }
    if (round.failed() > 0) {
      throw new IllegalStateException(
          side.name() + ", " + work + ": " + round.failed() + " failed: " + round.problem());
    }
  }

  private static String key(long number) {
    return "bench-key-" + number;
  }

  private static String line(String work, String side) {
    return work + ", " + side;
  }

  private static long[] cpu(OwnerStoreSide side) {
    return side.servers().stream().mapToLong(server -> server.process().cpuNanos()).toArray();
  }

  private static long compiler(OwnerStoreSide side) {
    return side.servers().stream().mapToLong(server -> server.process().compilerNanos()).sum();
  }

  private static long ownCpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
  }

  private void row(Report report, String work, OwnerStoreSide side) {
    Figures shown = figures.get(line(work, side.name()));
    report.row(
        "request",
        work,
        "store",
        side.name(),
        "requests",
        shown.calls(),
        "per second",
        shown.rate(),
        "min-max",
        shown.spread(),
        "p50 ms",
        shown.millis(50),
        "p99 ms",
        shown.millis(99),
        "server us each",
        shown.serverMicros(),
        "compiler us",
        shown.compilerMicros(),
        "client us",
        shown.clientMicros());
  }

  private void compare(Report report, String ours, String theirs) {
    for (String work : List.of(READ, CLAIM)) {
      Figures our = figures.get(line(work, ours));
      Figures their = figures.get(line(work, theirs));
      if (our != null && their != null) {
        double target = work.equals(READ) ? READ_TARGET : CLAIM_TARGET;
        String name = work + ": " + ours + " / " + theirs;
        report.atLeast(name + ", per second", our.rate() / their.rate(), target);
        report.atLeast(
            name + ", per CPU second", their.serverMicros() / our.serverMicros(), target);
      }
    }
  }
}
