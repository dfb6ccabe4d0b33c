package io.busbar.http2;

/**
 * What one connection grants its peer.
 *
 * @param streams the peer may have open at once; 0 on a client's side, where servers open none
 * @param headerBytes of one header block, counted as RFC 9113 section 10.5.1 does
 * @param streamWindow bytes that may come on a stream before they are read
 * @param connectionWindow bytes that may be on their way on all streams together
 * @param resets streams that may end by a reset within 30 seconds
 * @param idleFrames frames that bring no call further within 30 seconds, beyond four for each that
 *     does
 */
public record Http2Limits(
    int streams,
    int headerBytes,
    int streamWindow,
    int connectionWindow,
    int resets,
    int idleFrames) {
  /** For {@link #idleFrames} when nothing else is said. */
  public static final int IDLE_FRAMES = 10_000;

  public Http2Limits {
    if (streamWindow < Frames.FIRST_WINDOW || connectionWindow < Frames.FIRST_WINDOW) {
      throw new IllegalArgumentException(
          "windows of " + streamWindow + " and " + connectionWindow + ", expected at least 65535");
    }
  }
}
