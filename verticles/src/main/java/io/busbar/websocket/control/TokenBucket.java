package io.busbar.websocket.control;

/** So many at once, so many per second afterwards. For one thread. */
final class TokenBucket {
  private static final double MILLIS = 1000.0;

  private final double capacity;
  private final double perSecond;
  private double tokens;
  private long at;

  /**
   * @param now monotonic milliseconds
   */
  TokenBucket(int capacity, int perSecond, long now) {
    this.capacity = capacity;
    this.perSecond = perSecond;
    this.tokens = capacity;
    this.at = now;
  }

  boolean take(long now) {
    tokens = Math.min(capacity, tokens + (now - at) / MILLIS * perSecond);
    at = now;
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /** Seconds until there is one. */
  double secondsLeft(long now) {
    double missing = 1 - tokens - (now - at) / MILLIS * perSecond;
    return Math.max(0, missing / perSecond);
  }
}
