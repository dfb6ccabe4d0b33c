package io.busbar.bus.impl;

import io.busbar.bus.Endpoint;
import java.util.HashMap;
import java.util.Map;

/**
 * The lanes that messages come from, and how late each message is: how much longer it was on its
 * way than the fastest of its sender lately. The clocks of two nodes need not agree, only run
 * equally fast. A node that was frozen, or cut off, finds out by this what others have given up
 * meanwhile.
 */
final class Arrivals {
  /** More lanes than any cluster has; a stranger's made-up senders must not fill the memory. */
  private static final int MAX = 65_536;

  /** The fastest of one or two of these times counts, so that clocks may drift. */
  private static final long KEPT_MILLIS = 60_000;

  /** A lane that was not heard of before has to show first how fast its messages are. */
  private static final long FIRST_MILLIS = 500;

  private final long limit;
  private final Map<Endpoint, Sender> senders = new HashMap<>();
  private Sender recent;

  /**
   * @param limit milliseconds from which on a message is late
   */
  Arrivals(long limit) {
    this.limit = limit;
  }

  Sender from(String node, int lane) {
    Sender last = recent;
    if (last == null || last.endpoint.lane() != lane || !last.endpoint.node().equals(node)) {
      Endpoint endpoint = new Endpoint(node, lane);
      last = senders.get(endpoint);
      if (last == null) {
        if (senders.size() >= MAX) {
          senders.clear();
        }
        last = new Sender(endpoint, limit);
        senders.put(endpoint, last);
      }
      recent = last;
    }
    return last;
  }

  void peerLeft(String node) {
    senders.keySet().removeIf(endpoint -> endpoint.node().equals(node));
    recent = null;
  }

  /** One lane that sends messages. */
  static final class Sender {
    final Endpoint endpoint;
    private final long limit;
    private boolean heard;
    private long first;
    private long since;
    private long fastest = Long.MAX_VALUE;
    private long fastestBefore = Long.MAX_VALUE;

    private Sender(Endpoint endpoint, long limit) {
      this.endpoint = endpoint;
      this.limit = limit;
    }

    /**
     * Whether a message that arrives now is late, as far as that can be told.
     *
     * @param sent the sender's clock, 0 = it said nothing
     * @param now this lane's clock, milliseconds
     */
    boolean late(long sent, long now) {
      if (sent == 0) {
        return true;
      }
      if (!heard) {
        heard = true;
        first = now;
        since = now;
      } else if (now - since > KEPT_MILLIS) {
        since = now;
        fastestBefore = fastest;
        fastest = Long.MAX_VALUE;
      }
      long took = now - sent;
      fastest = Math.min(fastest, took);
      return now - first < FIRST_MILLIS || took - Math.min(fastest, fastestBefore) > limit;
    }
  }
}
