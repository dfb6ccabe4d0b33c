package io.busbar.fnclient;

import io.busbar.dispatch.PoolOptions;

/** Pool options of tests, changed in one point. */
final class PoolOptionsFor {
  private static final PoolOptions D = PoolOptions.DEFAULTS;

  static PoolOptions queueTimeout(long millis) {
    return of(millis, D.replay(), D.settle());
  }

  static PoolOptions replay(long bytes) {
    return of(D.queueTimeout(), bytes, D.settle());
  }

  private static PoolOptions of(long queueTimeout, long replay, long settle) {
    return new PoolOptions(
        D.runners(),
        D.dns(),
        D.queue(),
        queueTimeout,
        D.affinity(),
        D.concurrency(),
        D.timeout(),
        D.placing(),
        D.reserve(),
        D.retry(),
        replay,
        settle);
  }

  private PoolOptionsFor() {}
}
