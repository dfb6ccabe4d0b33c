package io.busbar.bus;

/**
 * Limits of the bus on one node; all sizes in bytes.
 *
 * @param frame largest data of one frame
 * @param streamWindow largest grant of one stream beyond what its reader consumed
 * @param peerWindow bytes not yet received, per peer node
 * @param memory bytes waiting for readers and rewinds, per node
 * @param probeMillis first repeat of an unanswered report, offer, accept or submit; doubles up to
 *     16 times
 * @param lostAfterMillis silence after which a peer counts as lost for a stream
 * @param ahead bytes of a request that may go right behind the offer of its first attempt to
 *     another lane, 0 = none; never more than streamWindow
 */
public record BusOptions(
    int frame,
    int streamWindow,
    long peerWindow,
    long memory,
    long probeMillis,
    long lostAfterMillis,
    int ahead) {

  private static final int SMALLEST_GRANT = 4 << 10;

  public static final BusOptions DEFAULTS =
      new BusOptions(64 << 10, 256 << 10, 8L << 20, 256L << 20, 200, 15_000);

  public BusOptions {
    require(frame >= 1024 && frame <= 1 << 20, "bus.frame", frame, "1KiB to 1MiB");
    require(streamWindow >= frame, "bus.stream-window", streamWindow, "at least bus.frame");
    require(
        peerWindow >= streamWindow, "bus.peer-window", peerWindow, "at least bus.stream-window");
    require(memory >= peerWindow, "bus.memory", memory, "at least bus.peer-window");
    require(probeMillis >= 10, "bus.probe", probeMillis, "at least 10ms");
    require(
        lostAfterMillis >= probeMillis,
        "cluster.lost-after",
        lostAfterMillis,
        "at least bus.probe");
    require(ahead >= 0, "bus.ahead", ahead, "0 or more bytes");
  }

  /** With the smallest grant ahead of the answer: what every stream gets anyway. */
  public BusOptions(
      int frame,
      int streamWindow,
      long peerWindow,
      long memory,
      long probeMillis,
      long lostAfterMillis) {
    this(frame, streamWindow, peerWindow, memory, probeMillis, lostAfterMillis, SMALLEST_GRANT);
  }

  /** The same with another size ahead. */
  public BusOptions withAhead(int bytes) {
    return new BusOptions(
        frame, streamWindow, peerWindow, memory, probeMillis, lostAfterMillis, bytes);
  }

  /** The grant that a stream gets even when all memory is spent. */
  public int smallestGrant() {
    return Math.min(frame, SMALLEST_GRANT);
  }

  private static void require(boolean ok, String key, long value, String expected) {
    if (!ok) {
      throw new IllegalArgumentException(key + ": " + value + ", expected " + expected);
    }
  }
}
