package io.busbar.runners;

import io.vertx.core.Future;
import java.util.List;

/** Finds all addresses of a host. */
@FunctionalInterface
public interface RunnerResolver {
  /** Called on the first lane, completes there. Fails when the host is not found. */
  Future<List<String>> addresses(String host);
}
