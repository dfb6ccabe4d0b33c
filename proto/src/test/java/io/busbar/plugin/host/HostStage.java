package io.busbar.plugin.host;

import io.busbar.bus.NodeIdentity;
import io.busbar.command.CommandClient;
import io.busbar.command.CommandObserver;
import io.busbar.failure.Failure;
import io.busbar.plugin.BusbarPlugin;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.testing.BareLane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A node of fake lanes with one plugin on it. */
public final class HostStage implements AutoCloseable {
  static final PluginDescriptor OWN_THREAD =
      PluginDescriptor.of("test", "a test").withConcurrency(1);
  static final PluginDescriptor LOOP =
      PluginDescriptor.of("test", "a test").withConcurrency(100).onEventLoop();

  final Vertx vertx = Vertx.vertx();
  final List<HostLane> lanes = new ArrayList<>();
  final List<FakeWorkerPort> ports = new ArrayList<>();
  PluginHost host;

  /** A stage with one lane and this plugin on it. */
  public static HostStage with(Supplier<? extends BusbarPlugin> factory) {
    return with(HostOptions.DEFAULTS, factory);
  }

  public HostStage(int laneCount) {
    for (int i = 0; i < laneCount; i++) {
      Context context = ((VertxInternal) vertx).createEventLoopContext();
      FakeWorkerPort port = new FakeWorkerPort(context);
      ports.add(port);
      BareLane lane = new BareLane(context, new NodeIdentity("fake", "node-a", 77), i);
      lanes.add(
          new HostLane(
              lane,
              port,
              new FakeCalls(),
              null,
              CommandClient.open(lane, null, CommandObserver.NONE),
              null));
    }
  }

  static HostStage with(PluginDescriptor descriptor, TestPlugin.Serve serve) {
    return with(HostOptions.DEFAULTS, () -> new TestPlugin(descriptor, serve));
  }

  public static HostStage with(HostOptions options, Supplier<? extends BusbarPlugin> factory) {
    HostStage stage = new HostStage(1);
    stage.start(options, factory);
    return stage;
  }

  public HostStage start(HostOptions options, Supplier<? extends BusbarPlugin> factory) {
    host =
        await(PluginHost.start(vertx, PluginSource.of(factory), new JsonObject(), lanes, options));
    return this;
  }

  public FakeWorkerPort port() {
    return ports.get(0);
  }

  public FakeServedCall call(String... headers) {
    return await(port().call(headers));
  }

  /** Waits for the future with a generous limit. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  public static Failure failureOf(FakeServedCall call) {
    var outcome = await(call.outcome.future());
    return outcome.hasFailure() ? Failure.fromWire(outcome.getFailure()) : null;
  }

  @Override
  public void close() {
    if (host != null) {
      await(host.stop());
    }
    await(vertx.close());
  }
}
