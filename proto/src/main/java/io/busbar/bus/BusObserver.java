package io.busbar.bus;

/**
 * What the bus tells its meters. One object may serve all lanes of a node: methods are called on
 * the lanes' event loops, must be safe for that, cheap, and must not throw.
 */
public interface BusObserver {
  /** Observes nothing. */
  BusObserver NONE = new BusObserver() {};

  /** Where the other side of a lane's exchange is. */
  enum PeerClass {
    /** A lane of the same node. */
    LOCAL,
    /** A lane of another node. */
    REMOTE
  }

  /** One bus message left. {@code bytes}: frame data in it. */
  default void envelopeSent(PeerClass peer, int items, long bytes) {}

  /** One bus message arrived. {@code bytes}: frame data in it. */
  default void envelopeReceived(PeerClass peer, int items, long bytes) {}

  /** A bus message could not be handed to the link; what was in it is repaired like a loss. */
  default void envelopeLost(int items) {}

  /** Items not sent because a peer does not take what it was sent before. */
  default void itemsDropped(int items) {}

  /** Data sent again. */
  default void resent(long bytes) {}

  /** Data received again, and dropped. */
  default void duplicate(long bytes) {}

  /** A reader saw that units are missing. */
  default void gap() {}

  /** A body that is not of the bus, or makes no sense, was dropped. */
  default void garbage(String reason) {}

  /** A handler of an item threw. */
  default void handlerFailed(Throwable cause) {}

  /** A probe was answered after so many milliseconds. */
  default void probeAnswered(long millis) {}

  /** A stream was opened or is over. {@code open}: streams of the lane now. */
  default void streams(int lane, int open) {}

  /** A stream ended with NODE_LOST or STREAM_BROKEN. */
  default void streamBroken() {}

  /** A writer had to wait since the peer's window was full. */
  default void peerWindowFull(String nodeId) {}

  /** A frame that was sent ahead of an accept came late, or its offer had no reader for it. */
  default void aheadDropped() {}
}
