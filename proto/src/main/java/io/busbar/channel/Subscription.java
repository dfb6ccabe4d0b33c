package io.busbar.channel;

/** One subscriber's place in a channel. Used on its context. */
public interface Subscription {
  /** No frames until {@link #resume}; what waits is not copied, it stays in the node's history. */
  void pause();

  void resume();

  /** Ends it; nothing is told any more. */
  void close();
}
