package io.busbar.gateway.bench;

import io.busbar.gateway.bench.FanoutTarget.Place;
import io.busbar.gateway.bench.FanoutTarget.Round;
import io.busbar.gateway.bench.FanoutTarget.Shape;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.HdrHistogram.Histogram;

/**
 * Frames of one channel to many WebSockets: a node's training stream, nginx with nchan and the
 * reference server, where they are installed. All servers run during the whole benchmark, rounds go
 * in turns.
 */
final class FanoutScenario {
  static final String NODE = "one-node";
  static final String NCHAN = "nchan";
  static final String REFERENCE = "reference";
  static final List<String> NAMES = List.of(NODE, NCHAN, REFERENCE);

  private static final String HELLO = "{\"type\":\"pong\"}";

  private static final String EVENLY = "evenly";
  private static final String BURSTS = "in bursts";
  private static final String SLOW = "evenly, a slow reader";
  private static final double IDLE_TARGET_KIB = 20;

  /** So few frames are published in a round that the way of one in would stay cold for hours. */
  private static final Shape PUBLISHING = new Shape("publishing", 200, 1);

  private static final int FEW_SOCKETS = 4;
  private static final int SPARE_CONNECTIONS = 10;

  /** Publishing needs some too. */
  private static final int PUBLISHERS = 100;

  private static final int MOST_WARMUPS = 12;
  private static final double COMPILER_SHARE = 0.02;

  /**
   * @param sockets subscribers of each server
   * @param rate deliveries per second, of all sockets
   * @param size bytes of a frame as it is published
   * @param burst frames at once in the second load
   * @param seconds of each line, all rounds together
   * @param module of nchan, null = in the usual places
   * @param reference Python that has the reference server, null = none
   */
  record FanoutLoad(
      int sockets,
      int rate,
      int size,
      int burst,
      double seconds,
      double warmup,
      int rounds,
      Path module,
      Path reference) {
    int perSocket() {
      return Math.max(1, rate / sockets);
    }
  }

  /** What one server showed under one load. */
  private static final class Sum {
    private final Histogram micros = new Histogram(3);
    private final List<Double> rates = new ArrayList<>();
    private long deliveries;
    private long nanos;
    private long compiler;
    private String problem;

    void add(Round round) {
      micros.add(round.micros());
      deliveries += round.deliveries();
      nanos += round.cpuNanos();
      compiler += round.compilerNanos();
      rates.add(round.deliveries() * 1e9 / round.nanos());
      problem = problem == null ? round.problem() : problem;
    }

    double perCpuSecond() {
      return deliveries * 1e9 / Math.max(1, nanos);
    }

    double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1000.0;
    }
  }

  private final Farm farm;
  private final Vertx vertx;
  private final FanoutLoad load;
  private final Map<String, Double> idleKib = new LinkedHashMap<>();
  private final Map<String, Double> idleHeapKib = new LinkedHashMap<>();
  private final Map<String, Sum> sums = new LinkedHashMap<>();

  FanoutScenario(Farm farm, Vertx vertx, FanoutLoad load) {
    this.farm = farm;
    this.vertx = vertx;
    this.load = load;
  }

  Report run(Set<String> only) throws Exception {
    Report report =
        new Report(
            load.size() + "-byte frames to " + load.sockets() + " WebSockets of each server");
    report.fact(
        "load", load.perSocket() * load.sockets() + " deliveries/s, bursts of " + load.burst());
    report.fact(
        "rounds",
        load.rounds()
            + " of "
            + load.seconds() / load.rounds()
            + " s for each line, after "
            + load.warmup()
            + " s");
    List<FanoutTarget> targets = start(only, report);
    if (load.warmup() > 0) {
      for (FanoutTarget target : targets) {
        target.open(Math.min(FEW_SOCKETS, load.sockets() / 2));
        warmUp(target, List.of(PUBLISHING));
      }
    }
    for (FanoutTarget target : targets) {
      idle(target);
    }
    List<Shape> shapes =
        List.of(
            new Shape(EVENLY, load.perSocket(), 1),
            new Shape(BURSTS, load.perSocket(), load.burst()),
            new Shape(SLOW, load.perSocket(), 1));
    if (load.warmup() > 0) {
      for (FanoutTarget target : targets) {
        if (!warmUp(target, shapes)) {
          report.note(target.name() + " was still being compiled when the warm-up ended\n");
        }
      }
    }
    for (int i = 0; i < load.rounds(); i++) {
      System.err.println("round " + (i + 1) + " of " + load.rounds());
      for (Shape shape : shapes) {
        for (FanoutTarget target : targets) {
          boolean slow = shape.name().equals(SLOW);
          Round round = target.round(shape, load.seconds() / load.rounds(), load.size(), slow);
          sums.computeIfAbsent(key(target.name(), shape.name()), k -> new Sum()).add(round);
        }
      }
    }
    for (Shape shape : shapes) {
      targets.forEach(target -> row(report, target, shape));
    }
    compare(report);
    return report;
  }

  /**
   * Each shape in turns until the server's compilers rest in all of them: before that a delivery
   * costs several times more.
   */
  private boolean warmUp(FanoutTarget target, List<Shape> shapes) throws Exception {
    int calm = 0;
    for (int i = 0; i < MOST_WARMUPS * shapes.size() && calm < shapes.size(); i++) {
      Shape shape = shapes.get(i % shapes.size());
      boolean slow = shape.name().equals(SLOW);
      Round round = target.round(shape, load.warmup(), load.size(), slow);
      boolean rests = round.compilerNanos() <= COMPILER_SHARE * round.cpuNanos();
      calm = rests ? calm + 1 : 0;
    }
    return calm == shapes.size();
  }

  private static String key(String target, String shape) {
    return target + ", " + shape;
  }

  private List<FanoutTarget> start(Set<String> only, Report report) throws Exception {
    List<FanoutTarget> targets = new ArrayList<>();
    if (only.contains(NODE)) {
      int most = load.sockets() + SPARE_CONNECTIONS;
      List<String> caps =
          List.of(
              "http.max-connections=" + (most + PUBLISHERS),
              "http.max-websockets=" + most,
              "training.max-connections=" + most,
              "training.max-per-ip=" + most);
      Farm.Server node = farm.node("one", "bench-fanout", null, List.of(), List.of(), caps);
      Place place =
          new Place(
              node.port("http"),
              "/v1/channels/training/frames",
              "/ws/training",
              HELLO,
              "initial_metrics");
      targets.add(new FanoutTarget(vertx, NODE, node, place));
    }
    if (only.contains(NCHAN)) {
      Optional<Path> nginx = Proxies.find("nginx");
      Optional<Path> module = Nchan.module(load.module());
      if (nginx.isPresent() && module.isPresent()) {
        Farm.Server server =
            Nchan.start(farm, nginx.get(), module.get(), load.sockets() + PUBLISHERS);
        Place place = new Place(server.port("runner"), Nchan.PUBLISH, Nchan.SUBSCRIBE, null, null);
        targets.add(new FanoutTarget(vertx, NCHAN, server, place));
      } else {
        report.note(NCHAN + ": skipped, nginx or its module nchan is not installed\n");
      }
    }
    if (only.contains(REFERENCE)) {
      Optional<String> missing = ReferenceStream.missing(load.reference());
      if (missing.isEmpty()) {
        Farm.Server server =
            ReferenceStream.start(farm, load.reference(), load.sockets() + SPARE_CONNECTIONS);
        Place place =
            new Place(
                server.port("runner"),
                ReferenceStream.PUBLISH,
                ReferenceStream.SUBSCRIBE,
                HELLO,
                "connection_established");
        targets.add(new FanoutTarget(vertx, REFERENCE, server, place));
      } else {
        report.note(REFERENCE + ": skipped, " + missing.get() + "\n");
      }
    }
    return targets;
  }

  /**
   * Opens the sockets; what the second half of them adds to the process, of a JVM to its live heap
   * and to what is resident beside the heap.
   */
  private void idle(FanoutTarget target) throws Exception {
    target.open(load.sockets() / 2);
    int half = target.subscribers();
    long heapBefore = liveHeap(target);
    long before = resident(target);
    target.open(load.sockets());
    long heapAfter = liveHeap(target);
    long after = resident(target);
    double more = 1024.0 * Math.max(1, target.subscribers() - half);
    idleKib.put(target.name(), (after - before + heapAfter - heapBefore) / more);
    idleHeapKib.put(target.name(), (heapAfter - heapBefore) / more);
  }

  private static long resident(FanoutTarget target) throws IOException {
    return target.name().equals(NODE)
        ? ResidentMemory.outsideHeap(target.server().process())
        : ResidentMemory.bytes(target.server().process());
  }

  /** After a full collection; 0 = it has none. */
  private static long liveHeap(FanoutTarget target) throws IOException {
    return target.name().equals(NODE) ? Profile.liveBytes(target.server().process()) : 0;
  }

  private void row(Report report, FanoutTarget target, Shape shape) {
    Sum sum = sums.get(key(target.name(), shape.name()));
    report.row(
        "load",
        shape.name(),
        "server",
        target.name(),
        "deliveries",
        sum.deliveries,
        "per second",
        Figures.median(sum.rates),
        "per CPU second",
        sum.perCpuSecond(),
        "of it compilers %",
        100.0 * sum.compiler / Math.max(1, sum.nanos),
        "p50 ms",
        sum.millis(50),
        "p99 ms",
        sum.millis(99),
        "idle KiB/socket",
        idleKib.get(target.name()),
        "of live heap",
        idleHeapKib.get(target.name()));
    if (sum.problem != null) {
      report.problem(key(target.name(), shape.name()) + ": " + sum.problem);
    }
  }

  private void compare(Report report) {
    Sum evenly = sums.get(key(NODE, EVENLY));
    if (evenly == null) {
      return;
    }
    Sum bursts = sums.get(key(NODE, BURSTS));
    Sum slow = sums.get(key(NODE, SLOW));
    Sum theirs = sums.get(key(NCHAN, EVENLY));
    if (theirs != null) {
      Sum theirBursts = sums.get(key(NCHAN, BURSTS));
      report.atLeast(
          "evenly: one node / nchan, per CPU second",
          evenly.perCpuSecond() / theirs.perCpuSecond(),
          1);
      report.atLeast(
          "in bursts: one node / nchan, per CPU second",
          bursts.perCpuSecond() / theirBursts.perCpuSecond(),
          1.5);
      report.atMost("evenly: one node / nchan, p99", evenly.millis(99) / theirs.millis(99), 1.5);
      report.atMost(
          "in bursts: one node / nchan, p99", bursts.millis(99) / theirBursts.millis(99), 1.5);
    }
    Sum references = sums.get(key(REFERENCE, EVENLY));
    if (references != null) {
      report.atLeast(
          "evenly: one node / reference, per CPU second",
          evenly.perCpuSecond() / references.perCpuSecond(),
          1);
    }
    report.atMost("one node, idle KiB per socket", idleKib.get(NODE), IDLE_TARGET_KIB);
    report.atMost(
        "one node, p99 with a slow reader / without", slow.millis(99) / evenly.millis(99), 1.1);
  }
}
