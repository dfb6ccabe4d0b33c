package io.busbar.http2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts what a peer makes this side do for nothing, within a time: streams that end by a reset,
 * whoever sends it because of the peer, and frames that bring no call further. A peer may send more
 * of the latter the more data goes either way, for windows and the measuring of delays need them.
 */
final class AbuseGuard {
  private static final int PER_USEFUL = 4;

  private final int mostResets;
  private final int mostIdle;
  private final long window;
  private final LongSupplier nanos;
  private long since;
  private long resets;
  private long idle;
  private long useful;

  AbuseGuard(Http2Limits limits, LongSupplier nanos) {
    this.mostResets = limits.resets();
    this.mostIdle = limits.idleFrames();
    this.window = TimeUnit.MILLISECONDS.toNanos(limits.abuseMillis());
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** A stream ended by a reset. */
  void reset() throws ConnectionFault {
    if (++resets > mostResets && full()) {
      throw ConnectionFault.calm("more than " + mostResets + " streams reset within " + seconds());
    }
  }

  /** A frame that brought no call further. */
  void idle() throws ConnectionFault {
    if (++idle > mostIdle + PER_USEFUL * useful && full()) {
      throw ConnectionFault.calm(
          "more than " + mostIdle + " frames without progress within " + seconds());
    }
  }

  private String seconds() {
    return TimeUnit.NANOSECONDS.toSeconds(window) + " seconds";
  }

  /** A frame that brought a call further, in or out. */
  void useful() {
    useful++;
  }

  /** Whether the counts are of this window; begins a new one if not. */
  private boolean full() {
    long now = nanos.getAsLong();
    if (now - since < window) {
      return true;
    }
    since = now;
    resets = 0;
    idle = 0;
    useful = 0;
    return false;
  }
}
