package io.busbar.plugin;

import io.vertx.core.Future;

/** A plugin that is a worker: serves the pool named in its descriptor. */
public interface WorkerPlugin extends BusbarPlugin {
  /**
   * Serves one call. By default on a thread that may block, one call at a time per instance; with
   * {@code eventLoop} on a lane's event loop, where it must not block and calls interleave. The
   * call ends when it is ended through {@link PluginCall}, or when the returned future completes,
   * whichever comes first; a failed future or an exception ends it with WORKER_FAILED.
   */
  Future<?> serve(PluginCall call) throws Exception;

  /**
   * Asked now and then, and after failures: an error text takes the worker out of dispatch, null
   * lets it in.
   */
  default Future<String> health() {
    return Future.succeededFuture();
  }
}
