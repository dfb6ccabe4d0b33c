package io.busbar.gateway.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The rounds of one target, summed up. */
final class Figures {
  private final List<Double> rates = new ArrayList<>();
  private final Histogram micros = new Histogram(3);
  private long calls;
  private long failed;
  private String problem;
  private long[] cpu = new long[0];
  private long compiler;
  private long client;

  /**
   * @param cpuNanos processor time of each server process in this round
   * @param compilerNanos the compilers' part of it, where it is known
   * @param clientNanos processor time of this process
   */
  void add(ClosedLoop.Round round, long[] cpuNanos, long compilerNanos, long clientNanos) {
    rates.add(round.callsPerSecond());
    micros.add(round.micros());
    calls += round.calls();
    failed += round.failed();
    problem = problem == null ? round.problem() : problem;
    cpu = cpu.length == 0 ? new long[cpuNanos.length] : cpu;
    for (int i = 0; i < cpuNanos.length; i++) {
      cpu[i] += cpuNanos[i];
    }
    compiler += compilerNanos;
    client += clientNanos;
  }

  long calls() {
    return calls;
  }

  long failed() {
    return failed;
  }

  /** The first failure, null = none. */
  String problem() {
    return problem;
  }

  double rate() {
    return median(rates);
  }

  /** Slowest and fastest round. */
  String spread() {
    return Math.round(Collections.min(rates)) + "-" + Math.round(Collections.max(rates));
  }

  double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }

  /** Processor time of all servers per call, in microseconds. */
  double serverMicros() {
    return Arrays.stream(cpu).sum() / 1000.0 / Math.max(1, calls);
  }

  /** Processor time of one server per call, in microseconds. */
  double serverMicros(int index) {
    return cpu[index] / 1000.0 / Math.max(1, calls);
  }

  /** What the compilers of the servers took of it. */
  double compilerMicros() {
    return compiler / 1000.0 / Math.max(1, calls);
  }

  double clientMicros() {
    return client / 1000.0 / Math.max(1, calls);
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    return size % 2 == 1
        ? sorted.get(size / 2)
        : (sorted.get(size / 2 - 1) + sorted.get(size / 2)) / 2;
  }
}
