package io.busbar.gateway.config;

import java.util.List;
import java.util.Map;

/**
 * One entry of {@code routes}.
 *
 * @param match field to value, or to a prefix ending in {@code *}; all must fit
 * @param pool where such a call goes
 */
public record RouteSettings(Map<String, String> match, String pool) {
  @SuppressWarnings("unchecked") // the reference says: a map of text
  static List<RouteSettings> of(Config c) {
    return c.list("routes", Map.class).stream()
        .map(
            route ->
                new RouteSettings(
                    (Map<String, String>) route.get("match"), (String) route.get("pool")))
        .toList();
  }
}
