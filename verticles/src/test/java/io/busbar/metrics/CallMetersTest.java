package io.busbar.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.busbar.failure.FailureCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CallMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final CallMeters meters = new CallMeters(registry);

  @Test
  void poolLabelsAreBounded() {
    for (int i = 0; i < 1000; i++) {
      CallMeters.PoolMeters pool = meters.pool("p" + i, () -> 0);
      pool.entered();
      pool.ended(null, 1, 0, 0);
    }
    Set<String> labels =
        registry.getMeters().stream()
            .map(meter -> meter.getId().getTag("pool"))
            .collect(Collectors.toSet());
    assertEquals(CallMeters.MOST_POOLS + 1, labels.size());
    assertTrue(labels.contains("_other"));
    assertEquals(
        1000 - CallMeters.MOST_POOLS,
        registry.get("busbar.calls").tags("pool", "_other", "outcome", "ok").counter().count());
  }

  @Test
  void aPoolKeepsItsMeters() {
    assertSame(meters.pool("p", () -> 0), meters.pool("p", () -> 1));
  }

  @Test
  void anEndedCallIsCountedByOutcome() {
    CallMeters.PoolMeters pool = meters.pool("p", () -> 3);
    pool.entered();
    pool.entered();
    pool.ended(FailureCode.QUEUE_FULL, 7, 11, 13);
    assertEquals(
        1,
        registry.get("busbar.calls").tags("pool", "p", "outcome", "queue_full").counter().count());
    assertEquals(1, registry.get("busbar.calls.active").tag("pool", "p").gauge().value());
    assertEquals(3, registry.get("busbar.queue.length").tag("pool", "p").gauge().value());
    assertEquals(
        11,
        registry
            .get("busbar.call.bytes")
            .tags("pool", "p", "direction", "request")
            .counter()
            .count());
    assertEquals(
        13,
        registry
            .get("busbar.call.bytes")
            .tags("pool", "p", "direction", "response")
            .counter()
            .count());
  }
}
