package io.busbar.websocket.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the relay of one node; any thread. */
final class RelayMeters {
  final AtomicInteger leading = new AtomicInteger();
  final AtomicInteger waiting = new AtomicInteger();
  final Counter messages;
  final Counter refused;
  final Counter gaps;
  final Counter overflows;
  final Counter disconnects;

  RelayMeters(MeterRegistry registry) {
    Gauge.builder("busbar.training.upstream.leading", leading, AtomicInteger::get)
        .description("1 on the node that relays the trainer")
        .register(registry);
    Gauge.builder("busbar.training.upstream.waiting", waiting, AtomicInteger::get)
        .description("Messages of the trainer that wait to be appended")
        .register(registry);
    messages = counter(registry, "messages", "Messages of the trainer that were published");
    refused = counter(registry, "refused", "Messages of the trainer that the channel refused");
    gaps = counter(registry, "gaps", "Times that the trainer could not replay what was missed");
    overflows = counter(registry, "overflows", "Times that too many messages waited");
    disconnects = counter(registry, "disconnects", "Connections to the trainer lost or not made");
  }

  private static Counter counter(MeterRegistry registry, String name, String what) {
    return Counter.builder("busbar.training.upstream." + name).description(what).register(registry);
  }
}
