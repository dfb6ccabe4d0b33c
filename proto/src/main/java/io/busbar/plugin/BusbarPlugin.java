package io.busbar.plugin;

import io.vertx.core.Future;

/**
 * What a plugin team implements: one class, found by {@link java.util.ServiceLoader}. It gets the
 * client APIs and may register worker pools. A plugin that is just one worker implements {@link
 * WorkerPlugin} instead.
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
