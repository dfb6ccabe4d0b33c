package io.busbar.controlplane;

import io.busbar.controlplane.core.Action.Alarm;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The control plane of one node: what its lanes have in common. The state machines live on one
 * lane, the desk; the others answer from its last view and hand it what they hear. Thread-safe.
 */
public final class ControlPlaneNode {
  private final ControlPlaneOptions options;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final ControlPlaneMeters meters;
  private final AtomicInteger connections = new AtomicInteger();
  private final MembershipLog log = new MembershipLog();
  private final HealthBoard health = new HealthBoard();
  private volatile View view;
  private volatile Desk desk;
  private volatile int port;

  /**
   * @param customizer last word on the server's options: TLS
   */
  public ControlPlaneNode(
      ControlPlaneOptions options,
      UnaryOperator<HttpServerOptions> customizer,
      MeterRegistry registry) {
    this.options = options;
    this.customizer = customizer;
    this.meters = new ControlPlaneMeters(registry, () -> view);
  }

  ControlPlaneOptions options() {
    return options;
  }

  UnaryOperator<HttpServerOptions> customizer() {
    return customizer;
  }

  ControlPlaneMeters meters() {
    return meters;
  }

  /** Null before the desk has begun. */
  View view() {
    return view;
  }

  void publish(View next) {
    view = next;
    log.view(next);
  }

  /** What hosts say of their health. */
  HealthBoard health() {
    return health;
  }

  /** Changes of the view. */
  MembershipLog log() {
    return log;
  }

  void listening(int actual) {
    port = actual;
  }

  int port() {
    return port;
  }

  void desk(Desk here) {
    desk = here;
  }

  /** Runs it on the desk's lane, after this; does nothing when there is no desk. */
  void tellDesk(Consumer<Desk> what) {
    Desk here = desk;
    if (here != null) {
      here.run(() -> what.accept(here));
    }
  }

  void alarm(Alarm alarm) {
    meters.alarm(alarm);
  }

  boolean takeConnection() {
    if (connections.incrementAndGet() <= options.maxConnections()) {
      return true;
    }
    connections.decrementAndGet();
    meters.refused();
    return false;
  }

  void freeConnection() {
    connections.decrementAndGet();
  }
}
