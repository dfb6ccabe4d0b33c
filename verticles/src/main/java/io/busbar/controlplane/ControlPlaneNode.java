package io.busbar.controlplane;

import io.busbar.controlplane.core.Action.Alarm;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ClientSSLOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The control plane of one node: what its lanes have in common. The state machines live on one
 * lane, the desk; the others answer from its last view and hand it what they hear. Thread-safe.
 */
public final class ControlPlaneNode {
  private final ControlPlaneOptions options;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final Supplier<ClientSSLOptions> dial;
  private final ControlPlaneMeters meters;
  private final AtomicInteger connections = new AtomicInteger();
  private final MembershipLog log = new MembershipLog();
  private final HealthBoard health = new HealthBoard();
  private volatile View view;
  private volatile Desk desk;
  private volatile int port;
  private volatile int tlsPort;

  /**
   * @param customizer last word on the server's options: TLS
   * @param dial what is shown to foreign hosts, and whom to trust; the same object as long as it
   *     has not changed; not asked while {@link ControlPlaneOptions#tls} is off
   */
  public ControlPlaneNode(
      ControlPlaneOptions options,
      UnaryOperator<HttpServerOptions> customizer,
      Supplier<ClientSSLOptions> dial,
      MeterRegistry registry) {
    this.dial = dial;
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

  Supplier<ClientSSLOptions> dial() {
    return dial;
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

  void tlsListening(int actual) {
    tlsPort = actual;
  }

  /** Where mutual TLS is taken, 0 = nowhere. */
  int tlsPort() {
    return tlsPort;
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
