package io.busbar.samples.app;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;

/** Answers with the body in capital letters. */
public final class Uppercase implements WorkerPlugin {
  private static final int MAX_BYTES = 1 << 20;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("uppercase", "answers with the body in capital letters");
  }

  @Override
  public Future<?> serve(PluginCall call) {
    return call.body(MAX_BYTES)
        .map(body -> Buffer.buffer(body.toString().toUpperCase(Locale.ROOT)))
        .compose(answer -> call.header("Content-Type", "text/plain").end(answer));
  }
}
