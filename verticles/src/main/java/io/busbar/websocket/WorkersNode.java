package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.worker.WorkerPort;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;

/** The worker endpoint of one node: what its lanes have in common. Thread-safe. */
public final class WorkersNode {
  private static final int ID_BYTES = 6;

  private final WorkersOptions options;
  private final EndpointKeys keys;
  private final AtomicInteger registered = new AtomicInteger();
  private final WorkersMeters meters;
  private final ConnectRate rate;
  private final SecureRandom random = new SecureRandom();

  public WorkersNode(WorkersOptions options, MeterRegistry registry) {
    this.options = options;
    this.keys = new EndpointKeys("worker", options.apiKeys());
    this.meters = new WorkersMeters(registry, registered, options.pool());
    this.rate =
        new ConnectRate(
            options.connects().perMinute(),
            options.connects().burst(),
            () -> System.nanoTime() / 1_000_000);
  }

  /** The endpoint on one lane. */
  public WorkersLane lane(Lane lane, WorkerPort port) {
    return new WorkersLane(this, lane, port);
  }

  WorkersOptions options() {
    return options;
  }

  WorkersMeters meters() {
    return meters;
  }

  /** Null = the key is taken, or none is asked for. */
  Failure refuses(String key) {
    return keys.refuses(key);
  }

  /** Whether the address may connect once more. */
  boolean mayConnect(String address) {
    return rate.take(address);
  }

  /** Takes a place in the registry; each success is followed by one {@link #leave()}. */
  boolean enter() {
    if (registered.incrementAndGet() > options.max()) {
      registered.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    registered.decrementAndGet();
  }

  /** The name by which the cluster knows a worker. */
  String newWorkerId() {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    return "worker-" + HexFormat.of().formatHex(id);
  }
}
