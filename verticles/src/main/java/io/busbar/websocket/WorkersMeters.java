package io.busbar.websocket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of the worker endpoint; one object per node, any thread.
 *
 * <ul>
 *   <li>{@code cascor.ws.connections.active}: connections on this node, by {@code endpoint}
 *   <li>{@code juniper.cascor.pending.tasks}: tasks that wait in this node's queue
 *   <li>{@code busbar.juniper.registered}: workers on this node
 *   <li>{@code busbar.juniper.refused}: connections and registrations refused, by {@code reason}
 *   <li>{@code busbar.juniper.results}: by {@code outcome}: accepted, rejected, aborted
 *   <li>{@code busbar.juniper.errors}: messages answered with an error
 *   <li>{@code busbar.juniper.strays}: binary messages that nothing had announced
 *   <li>{@code busbar.juniper.stale}: workers closed because they were silent
 *   <li>{@code busbar.juniper.broken}: workers closed because their task broke off half-sent
 *   <li>{@code busbar.juniper.unsaid}: answers dropped since a task was going out for long
 * </ul>
 */
final class WorkersMeters {
  private final MeterRegistry registry;
  private final AtomicInteger connections = new AtomicInteger();

  WorkersMeters(MeterRegistry registry, AtomicInteger registered, String pool) {
    this.registry = registry;
    Gauge.builder("juniper.cascor.pending.tasks", () -> waiting(registry, pool))
        .description("Tasks for Juniper workers that wait in this node's queue")
        .register(registry);
    Gauge.builder("cascor.ws.connections.active", connections, AtomicInteger::get)
        .description("WebSocket connections, by endpoint")
        .tag("endpoint", "workers")
        .register(registry);
    Gauge.builder("busbar.juniper.registered", registered, AtomicInteger::get).register(registry);
  }

  /** The queue is the pool's, and has a meter. */
  private static double waiting(MeterRegistry registry, String pool) {
    Gauge queue = registry.find("busbar.queue.length").tag("pool", pool).gauge();
    return queue == null ? 0 : queue.value();
  }

  void connections(int change) {
    connections.addAndGet(change);
  }

  /**
   * @param reason from a fixed set
   */
  void refused(String reason) {
    registry.counter("busbar.juniper.refused", "reason", reason).increment();
  }

  /**
   * @param outcome from a fixed set
   */
  void result(String outcome) {
    registry.counter("busbar.juniper.results", "outcome", outcome).increment();
  }

  void error() {
    registry.counter("busbar.juniper.errors").increment();
  }

  void stray() {
    registry.counter("busbar.juniper.strays").increment();
  }

  void stale() {
    registry.counter("busbar.juniper.stale").increment();
  }

  void broken() {
    registry.counter("busbar.juniper.broken").increment();
  }

  void unsaid() {
    registry.counter("busbar.juniper.unsaid").increment();
  }
}
