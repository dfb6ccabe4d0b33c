package io.busbar.websocket.control;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of the control endpoint under the names of juniper-cascor, where it has them; one object
 * per node, any thread.
 *
 * <ul>
 *   <li>{@code cascor.ws.connections.active}: connections on this node, by {@code endpoint}
 *   <li>{@code cascor.ws.control.command.received}: by {@code command}, "other" for unknown ones
 *   <li>{@code cascor.ws.command.responses}: by {@code command} and {@code status}
 *   <li>{@code busbar.control.refused}: connections refused, by {@code reason}
 * </ul>
 */
final class ControlMeters {
  private final MeterRegistry registry;

  ControlMeters(MeterRegistry registry, AtomicInteger connections) {
    this.registry = registry;
    Gauge.builder("cascor.ws.connections.active", connections, AtomicInteger::get)
        .description("WebSocket connections, by endpoint")
        .tag("endpoint", "control")
        .register(registry);
  }

  /**
   * @param reason from a fixed set
   */
  void refused(String reason) {
    counter("busbar.control.refused", "Control clients refused", "reason", reason).increment();
  }

  /**
   * @param command a known one, or "other"
   */
  void received(String command) {
    counter("cascor.ws.control.command.received", "Commands that came", "command", command)
        .increment();
  }

  /**
   * @param command a known one, or "other"
   * @param status from a fixed set
   */
  void answered(String command, String status) {
    counter(
            "cascor.ws.command.responses",
            "Answers to commands",
            "command",
            command,
            "status",
            status)
        .increment();
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }
}
