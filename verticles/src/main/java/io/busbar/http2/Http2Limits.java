package io.busbar.http2;

/**
 * What one connection grants its peer.
 *
 * @param streams the peer may have open at once; 0 on a client's side, where servers open none
 * @param headerBytes of one header block, counted as RFC 9113 section 10.5.1 does
 * @param streamWindow bytes that may come on a stream before they are read
 * @param connectionWindow the same for all streams together
 * @param sharedWindow whether bytes that are not read yet count for the connection's window; if not
 *     it bounds only what is on its way, and a stream that is read slowly costs the others nothing
 * @param resets streams that may end by a reset within {@code abuseMillis}
 * @param idleFrames frames that bring no call further within {@code abuseMillis}, beyond four for
 *     each that does
 * @param abuseMillis how long these two are counted together
 */
public record Http2Limits(
    long streams,
    int headerBytes,
    int streamWindow,
    int connectionWindow,
    boolean sharedWindow,
    int resets,
    int idleFrames,
    long abuseMillis) {
  /** For {@link #idleFrames} when nothing else is said. */
  public static final int IDLE_FRAMES = 10_000;

  /** For {@link #abuseMillis} when nothing else is said. */
  public static final long ABUSE_MILLIS = 30_000;

  public Http2Limits {
    if (streamWindow < Frames.FIRST_WINDOW || connectionWindow < Frames.FIRST_WINDOW) {
      throw new IllegalArgumentException(
          "windows of " + streamWindow + " and " + connectionWindow + ", expected at least 65535");
    }
  }
}
