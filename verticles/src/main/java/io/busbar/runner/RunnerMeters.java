package io.busbar.runner;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/**
 * Meters of the runner front sides of a node, without labels. Calls by pool and outcome are counted
 * where they are dispatched.
 *
 * <ul>
 *   <li>{@code busbar.runner.connections}, {@code busbar.runner.engages.active}: open now
 *   <li>{@code busbar.runner.engages}, {@code busbar.runner.engages.ended}: Engage streams ever
 *   <li>{@code busbar.runner.refused}: calls, streams and connections over a limit
 *   <li>{@code busbar.runner.stalled}: streams whose client neither sent nor took what it owed
 *   <li>{@code busbar.runner.faults}: streams ended with a status that is not OK
 *   <li>{@code busbar.runner.partial.used}, {@code busbar.runner.partial.refused}: bytes in
 *       messages that have not arrived in full, messages for which there was no room
 * </ul>
 */
public final class RunnerMeters {
  private RunnerMeters() {}

  /** Once per node. */
  public static void bind(RunnerNode node, MeterRegistry meters) {
    gauge(node, meters, "busbar.runner.connections", "Connections open", RunnerNode::connections);
    gauge(node, meters, "busbar.runner.engages.active", "Engage streams open", RunnerNode::active);
    count(node, meters, "busbar.runner.engages", "Engage streams ever", RunnerNode::received);
    count(node, meters, "busbar.runner.engages.ended", "Engage streams over", RunnerNode::handled);
    count(
        node,
        meters,
        "busbar.runner.refused",
        "Calls, streams and connections over a limit",
        RunnerNode::refused);
    count(
        node,
        meters,
        "busbar.runner.stalled",
        "Streams whose client neither sent nor took what it owed",
        RunnerNode::stalled);
    count(
        node,
        meters,
        "busbar.runner.faults",
        "Streams ended with a gRPC status that is not OK",
        RunnerNode::faults);
    Gauge.builder("busbar.runner.partial.used", node, RunnerNode::partialBytes)
        .description("Bytes in messages that have not arrived in full")
        .baseUnit("bytes")
        .register(meters);
    count(
        node,
        meters,
        "busbar.runner.partial.refused",
        "Messages for which there was no room before they were complete",
        RunnerNode::partialRefused);
  }

  private static void gauge(
      RunnerNode node,
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<RunnerNode> value) {
    Gauge.builder(name, node, value).description(description).register(meters);
  }

  private static void count(
      RunnerNode node,
      MeterRegistry meters,
      String name,
      String description,
      ToDoubleFunction<RunnerNode> value) {
    FunctionCounter.builder(name, node, value).description(description).register(meters);
  }
}
