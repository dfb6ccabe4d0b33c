package io.busbar.metrics;

import io.busbar.ownership.OwnerChange;
import io.busbar.ownership.OwnershipObserver;
import io.busbar.ownership.disk.OwnerDisk;
import io.busbar.ownership.impl.OwnershipNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Meters of ownership; one object per node, any thread. The label "node" that all meters have makes
 * the keys held here "owners per host"; no label names a key or a host outside.
 */
public final class OwnershipMeters implements OwnershipObserver {
  private final MeterRegistry registry;
  private final Map<String, Timer> requests = new ConcurrentHashMap<>();
  private final Map<OwnerChange.Kind, Counter> changes = new EnumMap<>(OwnerChange.Kind.class);
  private final Counter repeated;
  private final Counter lost;
  private final Counter unannounced;

  public OwnershipMeters(MeterRegistry registry) {
    this.registry = registry;
    for (OwnerChange.Kind kind : OwnerChange.Kind.values()) {
      changes.put(
          kind,
          Counter.builder("busbar.owners.changes")
              .description("Changes of entries that this node holds")
              .tag("kind", kind.wireName())
              .register(registry));
    }
    repeated = counter("busbar.owners.repeated", "Requests that were not answered and asked again");
    lost = counter("busbar.owners.sessions.lost", "Times this node lost all its keys");
    unannounced = counter("busbar.owners.unannounced", "Changes that could not be announced");
  }

  private Counter counter(String name, String description) {
    return Counter.builder(name).description(description).register(registry);
  }

  /** Adds what can be read of the node. */
  public void bind(OwnershipNode node) {
    gauge("busbar.owners.held", "Keys that this node holds", node, "keys").register(registry);
    Gauge.builder("busbar.owners.lease", node, n -> n.remainingMillis() / 1000.0)
        .description("How long this node may still write if no renewal succeeds")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("busbar.owners.skew", node, n -> n.skewMillis() / 1000.0)
        .description("What the other nodes' clocks are ahead of this one's, median")
        .baseUnit("seconds")
        .register(registry);
    Gauge.builder("busbar.owners.sessions", node, OwnershipNode::knownSessions)
        .description("Holder sessions known here, ended ones too")
        .register(registry);
  }

  /** Adds what can be read of the file of owners. */
  public void bind(OwnerDisk disk) {
    Gauge.builder("busbar.owners.disk.waiting", disk, OwnerDisk::waiting)
        .description("Records of owners that wait to be written to the disk")
        .register(registry);
    FunctionCounter.builder("busbar.owners.disk.left", disk, OwnerDisk::left)
        .description("Records of owners that were not written: too many at once, or an error")
        .register(registry);
  }

  private static Gauge.Builder<OwnershipNode> gauge(
      String name, String description, OwnershipNode node, String unit) {
    return Gauge.builder(name, node, OwnershipNode::heldKeys)
        .description(description)
        .baseUnit(unit);
  }

  @Override
  public void request(String what, String result, long millis) {
    requests
        .computeIfAbsent(
            what + "/" + result,
            both ->
                Timer.builder("busbar.owners.requests")
                    .description("Requests made on this node, by result")
                    .tag("what", what)
                    .tag("result", result)
                    .register(registry))
        .record(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void repeated() {
    repeated.increment();
  }

  @Override
  public void changed(OwnerChange.Kind kind) {
    changes.get(kind).increment();
  }

  @Override
  public void freed(int keys) {
    changes.get(OwnerChange.Kind.FREED).increment(keys);
  }

  @Override
  public void sessionLost() {
    lost.increment();
  }

  @Override
  public void unannounced(int count) {
    unannounced.increment(count);
  }
}
