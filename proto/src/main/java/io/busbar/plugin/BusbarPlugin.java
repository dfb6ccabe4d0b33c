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

  /** Called once per instance before it goes. */
  default Future<?> stop() {
    return Future.succeededFuture();
  }
}
