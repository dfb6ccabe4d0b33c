package io.busbar.fnclient;

import io.busbar.dispatch.PoolOptions;

/** Pool options of tests, changed in one point. */
final class PoolOptionsFor {
  private static final PoolOptions D = PoolOptions.DEFAULTS;

  static PoolOptions queueTimeout(long millis) {
    return of(millis, D.replay(), D.headroom());
  }

  static PoolOptions replay(long bytes) {
    return of(D.queueTimeout(), bytes, D.headroom());
  }

  static PoolOptions headroom(long millis) {
    return of(D.queueTimeout(), D.replay(), millis);
  }

  private static PoolOptions of(long queueTimeout, long replay, long headroom) {
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
            D.settle())
        .withHeadroom(headroom);
  }

  private PoolOptionsFor() {}
}
