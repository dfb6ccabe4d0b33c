package io.busbar.gateway.bench;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;

/** The echo in the default mode of plugins: on threads of its own. */
public final class ThreadEcho implements WorkerPlugin {
  static final String POOL = "thread-echo";
  private static final int CONCURRENCY = 64;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(POOL, "echo on threads of its own").withConcurrency(CONCURRENCY);
  }

  @Override
  public Future<?> serve(PluginCall call) {
    return call.send(call.request());
  }
}
