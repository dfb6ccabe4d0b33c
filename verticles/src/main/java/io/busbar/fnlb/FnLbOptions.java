package io.busbar.fnlb;

import io.busbar.edge.HttpOptions;
import java.util.List;
import java.util.Map;

/**
 * Options of Fn's load balancer surface.
 *
 * @param http address and limits, {@code fn-lb.*}
 * @param api where functions are looked up that the configuration does not name
 * @param functions {@code fn-lb.functions}
 * @param extensions {@code fn-lb.extensions}: told to the runner with every call
 * @param version answered to {@code GET /version}
 */
public record FnLbOptions(
    HttpOptions http,
    ControlApiOptions api,
    List<ConfiguredFunction> functions,
    Map<String, String> extensions,
    String version) {
  public FnLbOptions {
    functions = List.copyOf(functions);
    extensions = Map.copyOf(extensions);
  }
}
