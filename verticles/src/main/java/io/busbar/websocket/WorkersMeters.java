package io.busbar.websocket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of the worker endpoint; one object per node, any thread.
 *
 * <ul>
 *   <li>{@code busbar.juniper.registered}: workers on this node
 *   <li>{@code busbar.juniper.refused}: connections and registrations refused, by {@code reason}
 *   <li>{@code busbar.juniper.results}: by {@code outcome}: accepted, rejected, aborted
 *   <li>{@code busbar.juniper.errors}: messages answered with an error
 *   <li>{@code busbar.juniper.strays}: binary messages that nothing had announced
 *   <li>{@code busbar.juniper.stale}: workers closed because they were silent
 * </ul>
 */
final class WorkersMeters {
  private final MeterRegistry registry;

  WorkersMeters(MeterRegistry registry, AtomicInteger registered) {
    this.registry = registry;
    Gauge.builder("busbar.juniper.registered", registered, AtomicInteger::get).register(registry);
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
}
