package io.busbar.websocket;

/**
 * Pings of one connection and what comes back; it has no timer, its lane asks from time to time.
 * Times are the lane's monotonic milliseconds.
 */
public final class Heartbeat {
  private final long interval;
  private final long timeout;
  private long pingAt;
  private long pinged = -1;
  private long heard;

  /** What is to be done. */
  public enum Due {
    NOTHING,
    PING,
    DEAD
  }

  /**
   * @param interval between pings, 0 = none
   * @param timeout within which anything must come after a ping
   */
  public Heartbeat(long interval, long timeout, long now) {
    this.interval = interval;
    this.timeout = timeout;
    this.pingAt = now + interval;
    this.heard = now;
  }

  /** Something came, whatever it is. */
  public void heard(long now) {
    heard = now;
    if (pinged >= 0) {
      pinged = -1;
      pingAt = now + interval;
    }
  }

  /** When something came last. */
  public long heard() {
    return heard;
  }

  /** After PING a ping counts as sent. */
  public Due due(long now) {
    if (interval <= 0) {
      return Due.NOTHING;
    }
    if (pinged >= 0) {
      return now - pinged >= timeout ? Due.DEAD : Due.NOTHING;
    }
    if (now < pingAt) {
      return Due.NOTHING;
    }
    pinged = now;
    return Due.PING;
  }

  /** Reason of the close frame to a dead one. */
  public String reason() {
    return "Heartbeat timeout: no pong or traffic within " + Math.round(timeout / 1000.0) + "s";
  }
}
