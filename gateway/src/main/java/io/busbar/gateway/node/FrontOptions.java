package io.busbar.gateway.node;

import io.busbar.dispatch.PoolOptions;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.HostPort;
import io.busbar.gateway.config.Origin;
import io.busbar.gateway.config.PoolSettings;
import io.busbar.routing.PoolAffinity;
import io.busbar.routing.Routes;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The options of adapters and services, out of the node's configuration. */
final class FrontOptions {
  private FrontOptions() {}

  static Routes routes(Config config) {
    try {
      return Routes.compile(config.routes());
    } catch (IllegalArgumentException e) {
      throw new StartFailure(e.getMessage(), e);
    }
  }

  static Map<String, PoolOptions> pools(Config config) {
    Map<String, PoolOptions> pools = new HashMap<>();
    config.pools().forEach((name, settings) -> pools.put(name, pool(settings)));
    String workers = config.workers().pool();
    pools.put(workers, workers(config, pool(config.pool(workers))));
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
                pool.retry().maxAttempts(),
                pool.retry().backoff().toMillis(),
                pool.retry().maxBackoff().toMillis(),
                PoolOptions.Retry.DEFAULTS.jitter()),
            pool.replay(),
            pool.settle().toMillis())
        .with(pool.placer().equals("fn-ch") ? PoolOptions.Placer.FN_CH : PoolOptions.Placer.BUSBAR)
        .withHeadroom(pool.headroom().toMillis())
        .withFunction(pool.function().fnId());
  }

  /**
   * Defaults of the pool of Juniper workers: a task is large, takes long, and may be given to
   * another worker only so often. What the pool itself says counts.
   */
  private static PoolOptions workers(Config config, PoolOptions pool) {
    String key = "pools." + config.workers().pool() + ".";
    boolean ownTimeout = named(config, key + "timeout");
    boolean ownReplay = named(config, key + "replay");
    boolean ownAttempts = named(config, key + "retry.max-attempts");
    PoolOptions.Retry retry = pool.retry();
    return pool.with(
        ownTimeout ? pool.timeout() : config.duration("workers.task-timeout").toMillis(),
        ownReplay ? pool.replay() : config.size("workers.replay"),
        ownAttempts
            ? retry
            : new PoolOptions.Retry(
                config.integer("workers.max-attempts"),
                retry.backoff(),
                retry.maxBackoff(),
                retry.jitter()));
  }

  /** Whether somebody set it; a pool that is named has the defaults of all its keys. */
  private static boolean named(Config config, String key) {
    return config.origin(key).kind() != Origin.Kind.DEFAULT;
  }

  /** Asked for each call, so all that the routes can name is read once, here. */
  static Function<String, PoolAffinity> affinities(Config config) {
    Map<String, PoolAffinity> known = new HashMap<>();
    known.put(Routes.DEFAULT_POOL, affinity(config, Routes.DEFAULT_POOL));
    config.routes().forEach(route -> known.put(route.pool(), affinity(config, route.pool())));
    return known::get;
  }

  private static PoolAffinity affinity(Config config, String pool) {
    return PoolAffinity.valueOf(config.pool(pool).affinity().toUpperCase(Locale.ROOT));
  }
}
