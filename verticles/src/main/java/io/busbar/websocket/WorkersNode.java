package io.busbar.websocket;

import io.busbar.bus.Lane;
import io.busbar.failure.Failure;
import io.busbar.security.Access;
import io.busbar.security.ApiKey;
import io.busbar.security.ApiKeys;
import io.busbar.security.Role;
import io.busbar.worker.WorkerPort;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** The worker endpoint of one node: what its lanes have in common. Thread-safe. */
public final class WorkersNode {
  private static final int ID_BYTES = 6;

  private final WorkersOptions options;
  private final Access access;
  private final AtomicInteger registered = new AtomicInteger();
  private final WorkersMeters meters;
  private final SecureRandom random = new SecureRandom();

  public WorkersNode(WorkersOptions options, MeterRegistry registry) {
    this.options = options;
    this.access = access(options.apiKeys());
    this.meters = new WorkersMeters(registry, registered);
  }

  private static Access access(List<String> keys) {
    List<ApiKey> known = new ArrayList<>();
    for (String key : keys) {
      known.add(new ApiKey("worker-" + (known.size() + 1), key, Set.of(Role.CALL)));
    }
    return ApiKeys.of(known);
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
    return access.check(key, Role.CALL);
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
