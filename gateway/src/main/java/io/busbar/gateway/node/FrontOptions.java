package io.busbar.gateway.node;

import io.busbar.dispatch.PoolOptions;
import io.busbar.gateway.config.Config;
import io.busbar.gateway.config.HostPort;
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
    return pools;
  }

  private static PoolOptions pool(PoolSettings pool) {
    boolean dialled = !pool.runners().isEmpty() || pool.dns().isPresent();
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
        .withHeadroom(dialled ? pool.headroom().toMillis() : 0);
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
