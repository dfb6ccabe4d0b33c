package io.busbar.gateway.node;

import io.busbar.dispatch.PoolOptions;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.Front;
import io.busbar.gateway.config.FrontSettings;
import io.busbar.gateway.config.HostPort;
import io.busbar.gateway.config.PoolSettings;
import io.busbar.http.HttpOptions;
import io.busbar.runner.PoolAffinity;
import io.busbar.runner.Route;
import io.busbar.runner.Routes;
import io.busbar.runner.RunnerOptions;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The options of adapters and services, out of the node's configuration. */
final class FrontOptions {
  private FrontOptions() {}

  static HttpOptions http(Config config) {
    FrontSettings front = config.front(Front.HTTP);
    FrontSettings.Limits limits = front.limits();
    HttpOptions defaults = HttpOptions.defaults();
    return new HttpOptions(
        front.host(),
        front.port(),
        limits.maxConnections(),
        limits.maxStreams(),
        defaults.maxUri(),
        limits.maxHeaders(),
        defaults.maxHeaders(),
        limits.maxBody(),
        limits.noProgress(),
        defaults.idleTimeout(),
        defaults.lingerBytes(),
        defaults.lingerTimeout(),
        defaults.maxResets());
  }

  static RunnerOptions runner(Config config) {
    FrontSettings front = config.front(Front.RUNNER);
    FrontSettings.Limits limits = front.limits();
    return RunnerOptions.DEFAULTS.toBuilder()
        .host(front.host())
        .port(front.port())
        .maxResets(config.integer("runner.max-resets"))
        .maxMessage((int) config.size("runner.max-message"))
        .maxStreams(limits.maxStreams())
        .maxConnections(limits.maxConnections())
        .maxHeaders(limits.maxHeaders())
        .noProgressMillis(limits.noProgress().toMillis())
        .drainMillis(Math.max(1, config.node().drainTimeout().toMillis()))
        .build();
  }

  static Routes routes(Config config) {
    try {
      return Routes.compile(
          config.routes().stream().map(route -> new Route(route.match(), route.pool())).toList());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(e.getMessage(), e);
    }
  }

  static Map<String, PoolOptions> pools(Config config) {
    Map<String, PoolOptions> pools = new HashMap<>();
    config.pools().forEach((name, settings) -> pools.put(name, pool(settings)));
    return pools;
  }

  private static PoolOptions pool(PoolSettings pool) {
    return new PoolOptions(
        pool.runners().stream().map(HostPort::toString).toList(),
        pool.dns().map(HostPort::toString).orElse(""),
        pool.queue(),
        pool.queueTimeout().toMillis(),
        PoolOptions.Affinity.valueOf(pool.affinity().toUpperCase(Locale.ROOT)),
        pool.concurrency(),
        pool.timeout().toMillis(),
        pool.placing().toMillis(),
        pool.reserve().toMillis(),
        new PoolOptions.Retry(
            pool.retry().attempts(),
            pool.retry().backoff().toMillis(),
            pool.retry().maxBackoff().toMillis(),
            PoolOptions.Retry.DEFAULTS.jitter()),
        pool.replay(),
        pool.settle().toMillis());
  }

  static PoolAffinity affinity(Config config, String pool) {
    return PoolAffinity.valueOf(config.pool(pool).affinity().toUpperCase(Locale.ROOT));
  }
}
