package io.busbar.contract;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;

/** The scripted worker on the lanes' event loops. */
public final class ScriptedLoopPlugin implements WorkerPlugin {
  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("scripted-loop", "does what X-Script says")
        .withConcurrency(ScriptedPlugin.CONCURRENCY)
        .onEventLoop();
  }

  @Override
  public Future<?> serve(PluginCall call) {
    return ScriptedWorker.serve(call);
  }
}
