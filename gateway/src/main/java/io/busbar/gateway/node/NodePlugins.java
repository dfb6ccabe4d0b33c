package io.busbar.gateway.node;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.config.PluginSettings;
import io.busbar.plugin.host.HostLane;
import io.busbar.plugin.host.HostOptions;
import io.busbar.plugin.host.PluginHost;
import io.busbar.plugin.host.PluginLoader;
import io.busbar.plugin.host.PluginSource;
import io.busbar.plugin.host.PluginStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;

/** The plugins of a node, from the start to the drain. */
final class NodePlugins {
  private record Loaded(PluginSource source, JsonObject config) {}

  private final PluginLoader loader;
  private final List<Loaded> loaded;
  private final List<PluginHost> hosts = new ArrayList<>();

  private NodePlugins(PluginLoader loader, List<Loaded> loaded) {
    this.loader = loader;
    this.loaded = loaded;
  }

  /** Reads all jars, so that an unreadable one ends the start before a port is open. Blocks. */
  static NodePlugins load(List<PluginSettings> settings) {
    PluginLoader loader = new PluginLoader(NodePlugins.class.getClassLoader());
    List<Loaded> loaded = new ArrayList<>();
    try {
      for (PluginSettings plugin : settings) {
        for (PluginSource source : loader.load(plugin.use())) {
          loaded.add(new Loaded(source, new JsonObject(plugin.config())));
        }
      }
    } catch (IllegalArgumentException e) {
      loader.close();
      throw new StartFailure("plugins: " + e.getMessage(), e);
    }
    return new NodePlugins(loader, loaded);
  }

  /** Starts them one by one. Blocks; throws {@link StartFailure}. */
  void start(Vertx vertx, List<HostLane> lanes, HostOptions options, MeterRegistry meters) {
    for (Loaded plugin : loaded) {
      PluginHost host =
          Await.result(
              PluginHost.start(vertx, plugin.source(), plugin.config(), lanes, options),
              cause -> new StartFailure("plugins: " + Failure.of(cause).detail(), cause));
      synchronized (hosts) {
        hosts.add(host);
      }
      bind(host, meters);
    }
  }

  private static void bind(PluginHost host, MeterRegistry meters) {
    count(host, meters, "busbar.plugin.calls", PluginStats::calls);
    count(host, meters, "busbar.plugin.failed", PluginStats::failed);
    count(host, meters, "busbar.plugin.threw", PluginStats::threw);
    count(host, meters, "busbar.plugin.stuck", PluginStats::stuck);
    count(host, meters, "busbar.plugin.replaced", PluginStats::replaced);
    gauge(host, meters, "busbar.plugin.instances", PluginStats::instances);
    gauge(host, meters, "busbar.plugin.stuck.now", PluginStats::stuckNow);
    gauge(host, meters, "busbar.plugin.running", PluginStats::running);
    host.counters()
        .all()
        .forEach(
            (name, counter) ->
                FunctionCounter.builder(name, counter.value(), LongAdder::doubleValue)
                    .description(counter.description())
                    .tag("plugin", host.descriptor().name())
                    .register(meters));
  }

  private static void count(
      PluginHost host, MeterRegistry meters, String name, ToDoubleFunction<PluginStats> value) {
    FunctionCounter.builder(name, host, h -> value.applyAsDouble(h.stats()))
        .tag("plugin", host.descriptor().name())
        .register(meters);
  }

  private static void gauge(
      PluginHost host, MeterRegistry meters, String name, ToDoubleFunction<PluginStats> value) {
    Gauge.builder(name, host, h -> value.applyAsDouble(h.stats()))
        .tag("plugin", host.descriptor().name())
        .register(meters);
  }

  /** No new calls; completes when the running ones have ended. */
  Future<Void> drain() {
    List<Future<?>> drains = new ArrayList<>();
    for (PluginHost host : hosts()) {
      drains.add(host.drain());
    }
    return Future.join(drains).mapEmpty();
  }

  Future<Void> stop() {
    List<Future<?>> stops = new ArrayList<>();
    for (PluginHost host : hosts()) {
      stops.add(host.stop(Failure.of(FailureCode.DRAINING, "the worker's node stops")));
    }
    return Future.join(stops).<Void>mapEmpty().onComplete(done -> loader.close());
  }

  private List<PluginHost> hosts() {
    synchronized (hosts) {
      return List.copyOf(hosts);
    }
  }
}
