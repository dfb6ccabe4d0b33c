package io.busbar.http2;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts what a peer makes this side do for nothing, in windows of 30 seconds: streams that end by
 * a reset, whoever sends it because of the peer, and frames that bring no call further. A peer may
 * send more of the latter the more data goes either way, for windows and the measuring of delays
 * need them.
 */
final class AbuseGuard {
  private static final long WINDOW = TimeUnit.SECONDS.toNanos(30);
  private static final int PER_USEFUL = 4;

  private final int mostResets;
  private final int mostIdle;
  private final LongSupplier nanos;
  private long since;
  private long resets;
  private long idle;
  private long useful;

  AbuseGuard(int mostResets, int mostIdle, LongSupplier nanos) {
    this.mostResets = mostResets;
    this.mostIdle = mostIdle;
    this.nanos = nanos;
    this.since = nanos.getAsLong();
  }

  /** A stream ended by a reset. */
  void reset() throws ConnectionFault {
    if (++resets > mostResets && full()) {
      throw ConnectionFault.calm("more than " + mostResets + " streams reset within 30 seconds");
    }
  }

  /** A frame that brought no call further. */
  void idle() throws ConnectionFault {
    if (++idle > mostIdle + PER_USEFUL * useful && full()) {
      throw ConnectionFault.calm(
          "more than " + mostIdle + " frames without progress within 30 seconds");
    }
  }

  /** A frame that brought a call further, in or out. */
  void useful() {
    useful++;
  }

  /** Whether the counts are of this window; begins a new one if not. */
  private boolean full() {
    long now = nanos.getAsLong();
    if (now - since < WINDOW) {
      return true;
    }
    since = now;
    resets = 0;
    idle = 0;
    useful = 0;
    return false;
  }
}
