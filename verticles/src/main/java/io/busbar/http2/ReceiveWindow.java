package io.busbar.http2;

/** What a peer may still send, on one stream or on the connection. */
final class ReceiveWindow {
  private int size;
  private int left;
  private int freed;

  ReceiveWindow(int size) {
    this.size = size;
    this.left = size;
  }

  /** Takes what came; false = more than was allowed. */
  boolean take(int bytes) {
    left -= bytes;
    return left >= 0;
  }

  /** Gives back what was read; returns how much to tell the peer now, 0 = nothing yet. */
  int free(int bytes) {
    freed += bytes;
    if (freed < size / 2 || freed == 0) {
      return 0;
    }
    int told = freed;
    freed = 0;
    left += told;
    return told;
  }

  /** Makes it larger; returns how much to tell the peer, 0 = it is so large already. */
  int grow(int to) {
    int more = Math.max(0, to - size);
    size += more;
    left += more;
    return more;
  }

  int left() {
    return left;
  }
}
