package io.busbar.routing;

import java.util.Map;
import java.util.Objects;

/**
 * One routing rule: a call that has all these values goes to that pool.
 *
 * @param match field to pattern; fields are app_id, app_name, fn_id, image, type, annotation.KEY,
 *     header.NAME and extension.KEY; a pattern is a whole value, or the start of one followed by
 *     {@code *}
 * @param pool where the call goes
 */
public record Route(Map<String, String> match, String pool) {
  public Route {
    match = Map.copyOf(match);
    Objects.requireNonNull(pool, "pool");
  }
}
