package io.busbar.gateway.bench;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Answers with one byte, which shows that the call is open, and then stays silent. */
public final class Silent implements WorkerPlugin {
  static final String POOL = "silent";
  private static final int CONCURRENCY = 100_000;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(POOL, "answers one byte and never ends")
        .withConcurrency(CONCURRENCY)
        .onEventLoop();
  }

  @Override
  public Future<?> serve(PluginCall call) {
    call.response().write(Buffer.buffer("x"));
    return null;
  }
}
