package io.busbar.gateway.bench;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Reads the body to its end and answers with its length in decimal digits. */
public final class Sink implements WorkerPlugin {
  static final String POOL = "sink";
  private static final int CONCURRENCY = 100;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(POOL, "answers with the length of the body")
        .withConcurrency(CONCURRENCY)
        .onEventLoop();
  }

  @Override
  public Future<?> serve(PluginCall call) {
    long[] length = new long[1];
    call.request().handler(chunk -> length[0] += chunk.length());
    call.request().endHandler(end -> call.end(Buffer.buffer(Long.toString(length[0]))));
    call.request().resume();
    return null;
  }
}
