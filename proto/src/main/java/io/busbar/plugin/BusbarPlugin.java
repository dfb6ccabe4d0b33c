package io.busbar.plugin;

import io.vertx.core.Future;

/**
 * What a plugin team implements: one class, found by {@link java.util.ServiceLoader}. It gets the
 * client APIs. A plugin that also serves a pool, the one of its name, implements {@link
 * WorkerPlugin}; a jar that serves several pools brings one such class for each.
 */
public interface BusbarPlugin {
  /** Name, threads and concurrency. */
  PluginDescriptor descriptor();

  /** Called once per instance, on the instance's own context. */
  default Future<?> start(PluginContext context) {
    return Future.succeededFuture();
  }

  /**
   * Called once per instance, on its own context, when its node drains: hand over or release what
   * this plugin owns. Calls that run are let end meanwhile, no new ones come, and {@code
   * ownership().claim} and {@code take} fail with DRAINING. When the future completes, or {@code
   * node.drain-timeout} is over, the node gives back what it still owns; not called at a stop
   * without drain.
   */
  default Future<?> drain() {
    return Future.succeededFuture();
  }

  /** Called once per instance before it goes. */
  default Future<?> stop() {
    return Future.succeededFuture();
  }
}
