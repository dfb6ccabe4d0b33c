package io.busbar.runners;

import io.busbar.fnclient.RunnerHandle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What placement was told of one runner; tells it what changes. Not thread-safe. */
final class RunnerStanding {
  private static final Logger LOG = LoggerFactory.getLogger(RunnerStanding.class);

  /** States as people are told. */
  static final String READY = "ready";

  static final String LIMITED = "limited";
  static final String EJECTED = "ejected";
  static final String DRAINING = "draining";
  static final String RETURNING = "returning";

  private final RunnerKey key;
  private final RunnerHandle handle;
  private int capacity;
  private String unhealthy;
  private String state = "";
  private String error = "";

  /**
   * @param capacity with which it was attached
   */
  RunnerStanding(RunnerKey key, RunnerHandle handle, int capacity) {
    this.key = key;
    this.handle = handle;
    this.capacity = capacity;
  }

  RunnerHandle handle() {
    return handle;
  }

  /** Calls it may have at once. */
  void capacity(int calls) {
    if (calls != capacity) {
      capacity = calls;
      handle.setCapacity(calls);
    }
  }

  /**
   * @param reason why it gets no calls, null = it gets some
   */
  void unhealthy(String reason) {
    if (reason == null ? unhealthy != null : !reason.equals(unhealthy)) {
      unhealthy = reason;
      handle.unhealthy(reason).onFailure(this::lost);
    }
  }

  /** What people are told. */
  void describe(String nowState, String lastError) {
    if (!nowState.equals(state) || !lastError.equals(error)) {
      state = nowState;
      error = lastError;
      handle.describe(nowState, lastError);
    }
  }

  private void lost(Throwable cause) {
    LOG.warn("Runner {} of pool {}: {}", key.address(), key.pool(), cause.getMessage());
  }
}
