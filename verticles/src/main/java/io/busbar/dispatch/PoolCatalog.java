package io.busbar.dispatch;

import java.util.Map;

/**
 * The configured pools of a node. Shared by its lanes; may be replaced while calls run, which keep
 * the settings they entered with. Any thread.
 */
public final class PoolCatalog {
  /** As {@code pools.NAME.headroom} says of a pool that does not say. */
  private static final PoolOptions UNCONFIGURED = PoolOptions.DEFAULTS.withHeadroom(360_000);

  private volatile Map<String, PoolOptions> pools;

  public PoolCatalog(Map<String, PoolOptions> pools) {
    this.pools = Map.copyOf(pools);
  }

  public void replace(Map<String, PoolOptions> newPools) {
    pools = Map.copyOf(newPools);
  }

  public boolean configured(String pool) {
    return pools.containsKey(pool);
  }

  /** Settings of a pool; the defaults for one that is not configured. */
  public PoolOptions options(String pool) {
    return pools.getOrDefault(pool, UNCONFIGURED);
  }

  public Map<String, PoolOptions> all() {
    return pools;
  }
}
