package io.busbar.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** The WebSockets of a node, over all endpoints and lanes. Thread-safe. */
public final class WebSocketLimit {
  private final int max;
  private final MeterRegistry registry;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Registers the gauge {@code busbar.http.websockets}: how many are open; {@code
   * busbar.http.websocket.faults} counts those closed since the peer broke a rule, by {@code code}.
   */
  public WebSocketLimit(int max, MeterRegistry registry) {
    this.max = max;
    this.registry = registry;
    Gauge.builder("busbar.http.websockets", open, AtomicInteger::get).register(registry);
  }

  /** Takes a place; each success is followed by one {@link #leave()}. */
  boolean enter() {
    if (open.incrementAndGet() > max) {
      open.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    open.decrementAndGet();
  }

  /** One is closed since its peer broke a rule of the protocol. */
  void fault(int code) {
    Counter.builder("busbar.http.websocket.faults")
        .description("WebSockets closed since the peer broke a rule, by close code")
        .tag("code", Integer.toString(code))
        .register(registry)
        .increment();
  }
}
