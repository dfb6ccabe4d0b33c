package io.busbar.edge;

import io.busbar.security.Access;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** What the HTTP servers of one port on the lanes of a node have in common. Thread-safe. */
public final class EdgeNode {
  private final HttpOptions options;
  private final UnaryOperator<HttpServerOptions> customizer;
  private final Access access;
  private final MeterRegistry registry;
  private final AtomicInteger connections = new AtomicInteger();

  /**
   * @param customizer last word on the server's options: TLS
   */
  public EdgeNode(
      HttpOptions options,
      UnaryOperator<HttpServerOptions> customizer,
      Access access,
      MeterRegistry registry) {
    this.options = options;
    this.customizer = customizer;
    this.access = access;
    this.registry = registry;
    registry.gauge("busbar." + options.section() + ".connections", connections);
  }

  public HttpOptions options() {
    return options;
  }

  HttpServerOptions serverOptions() {
    return customizer.apply(options.serverOptions());
  }

  Access access() {
    return access;
  }

  public MeterRegistry registry() {
    return registry;
  }

  /** Open connections of the node. */
  AtomicInteger connections() {
    return connections;
  }
}
