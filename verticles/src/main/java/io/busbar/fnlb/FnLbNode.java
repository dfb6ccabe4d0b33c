package io.busbar.fnlb;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.edge.EdgeNode;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import io.busbar.security.Access;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServerOptions;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Fn's load balancer surface of one node: what its lanes have in common. Thread-safe. */
public final class FnLbNode {
  private final FnLbOptions options;
  private final EdgeNode edge;
  private final Routes routes;
  private final Function<String, PoolAffinity> affinity;

  /**
   * @param routes which pool a call goes to, the same rules as for the RunnerProtocol
   * @param affinity of a pool, by name; must know every name that the rules have
   * @param customizer last word on the server's options: TLS
   */
  public FnLbNode(
      FnLbOptions options,
      Routes routes,
      Function<String, PoolAffinity> affinity,
      UnaryOperator<HttpServerOptions> customizer,
      Access access,
      MeterRegistry registry) {
    this.options = options;
    this.routes = routes;
    this.affinity = affinity;
    this.edge = new EdgeNode(options.http(), customizer, access, registry);
  }

  /**
   * The front side of one lane.
   *
   * @param calls gives the lane's calls, asked once at the start
   */
  public FnLbFront front(Function<Lane, Calls> calls) {
    return new FnLbFront(this, calls);
  }

  FnLbOptions options() {
    return options;
  }

  EdgeNode edge() {
    return edge;
  }

  Routes routes() {
    return routes;
  }

  Function<String, PoolAffinity> affinity() {
    return affinity;
  }
}
