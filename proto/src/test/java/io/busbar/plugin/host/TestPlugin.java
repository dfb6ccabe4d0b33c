package io.busbar.plugin.host;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicReference;

/** A plugin whose serving is a lambda of the test. */
final class TestPlugin implements WorkerPlugin {
  /** What a test's plugin does with a call. */
  @FunctionalInterface
  interface Serve {
    Future<?> serve(PluginCall call) throws Exception;
  }

  final AtomicReference<String> unwell;
  private final PluginDescriptor descriptor;
  private final Serve serve;
  volatile PluginContext context;
  volatile boolean stopped;

  TestPlugin(PluginDescriptor descriptor, Serve serve) {
    this(descriptor, serve, new AtomicReference<>());
  }

  TestPlugin(PluginDescriptor descriptor, Serve serve, AtomicReference<String> unwell) {
    this.descriptor = descriptor;
    this.serve = serve;
    this.unwell = unwell;
  }

  @Override
  public PluginDescriptor descriptor() {
    return descriptor;
  }

  @Override
  public Future<?> start(PluginContext newContext) {
    context = newContext;
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    return Future.succeededFuture();
  }

  @Override
  public Future<?> serve(PluginCall call) throws Exception {
    return serve.serve(call);
  }

  @Override
  public Future<String> health() {
    return Future.succeededFuture(unwell.get());
  }
}
