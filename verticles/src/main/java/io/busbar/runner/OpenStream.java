package io.busbar.runner;

/** A stream of this front side that is not over yet. */
interface OpenStream {
  /**
   * Ends it if the client owes something for too long.
   *
   * @param now the lane's monotonic milliseconds
   */
  void sweep(long now);

  /** The node stops: ends it at once, in order. */
  void stop();
}
