package io.busbar.edge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** How many WebSockets a node has open, over all endpoints and lanes. Thread-safe. */
public final class WebSocketLimit {
  private final int max;
  private final AtomicInteger open = new AtomicInteger();

  /** Registers the gauge {@code busbar.http.websockets}. */
  public WebSocketLimit(int max, MeterRegistry registry) {
    this.max = max;
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
}
