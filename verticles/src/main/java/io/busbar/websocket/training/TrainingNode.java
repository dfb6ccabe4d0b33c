package io.busbar.websocket.training;

import io.busbar.bus.Lane;
import io.busbar.channel.Channels;
import io.busbar.edge.Place;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.websocket.CountPerName;
import io.busbar.websocket.EndpointKeys;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** The training endpoint of one node: what its lanes have in common. Thread-safe. */
public final class TrainingNode {
  private final TrainingOptions options;
  private final EndpointKeys keys;
  private final AtomicInteger connections = new AtomicInteger();
  private final CountPerName addresses;
  private final TrainingMeters meters;

  public TrainingNode(TrainingOptions options, MeterRegistry registry) {
    this.options = options;
    this.keys = new EndpointKeys("training", options.apiKeys());
    this.addresses = new CountPerName(options.maxPerIp());
    this.meters = new TrainingMeters(registry, connections, options.replay());
  }

  /** The endpoint on one lane. */
  public TrainingLane lane(Lane lane, Channels channels) {
    return new TrainingLane(this, lane, channels);
  }

  TrainingOptions options() {
    return options;
  }

  TrainingMeters meters() {
    return meters;
  }

  /** Null = the key is taken, or none is asked for. */
  Failure refuses(String key) {
    return keys.refuses(key);
  }

  /** Connections on this node, those included that have not said what they want. */
  int connections() {
    return connections.get();
  }

  /** A place under both caps. */
  Place enter(String address) {
    if (connections.incrementAndGet() > options.maxConnections()) {
      connections.decrementAndGet();
      meters.refused("full");
      return Place.refused(Failure.of(FailureCode.UNAVAILABLE, "Maximum connections reached"));
    }
    if (!addresses.enter(address)) {
      connections.decrementAndGet();
      meters.refused("address");
      return Place.refused(Failure.of(FailureCode.UNAVAILABLE, "Per-IP connection limit reached"));
    }
    return Place.taken(
        () -> {
          connections.decrementAndGet();
          addresses.leave(address);
        });
  }
}
