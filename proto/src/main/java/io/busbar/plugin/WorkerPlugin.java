package io.busbar.plugin;

import io.vertx.core.Future;

/** A plugin that is a worker: serves the pool named in its descriptor. */
public interface WorkerPlugin extends BusbarPlugin {
  /**
   * Serves one call. By default on a thread that may block, one call at a time per instance; with
   * {@code eventLoop} on a lane's event loop, where it must not block and calls interleave. The
   * call ends when it is ended through {@link PluginCall}, or when the returned future completes,
   * whichever comes first; null stands for a future that never says anything. A failed future or an
   * exception ends the call: with its own failure if it is a {@link
   * io.busbar.failure.FailureException}, else with WORKER_FAILED.
   *
   * <p>The instance is busy until the call is over and the future is complete. Never wait on this
   * thread for a future of the call: what completes it needs the thread.
   */
  Future<?> serve(PluginCall call) throws Exception;

  /**
   * Asked after failures, and then with growing pauses until it is well again: an error text takes
   * the worker out of dispatch on this node, null lets it in.
   */
  default Future<String> health() {
    return Future.succeededFuture();
  }
}
