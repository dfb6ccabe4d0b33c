package io.busbar.contract;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;

/** The scripted worker on threads of its own. */
public final class ScriptedPlugin implements WorkerPlugin {
  static final int CONCURRENCY = 4;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("scripted", "does what X-Script says").withConcurrency(CONCURRENCY);
  }

  @Override
  public Future<?> serve(PluginCall call) {
    return ScriptedWorker.serve(call);
  }
}
