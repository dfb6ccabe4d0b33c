package io.busbar.controlplane.core;

/** States of a peer as this host sees it. A host that is not in the table is unknown. */
public enum PeerState {
  CONNECTING,
  ALIVE,
  SUSPECT,
  LEAVING,
  LEFT,
  DEAD,
  REMOVED;

  /** Whether hearsay cannot bring it back. */
  public boolean isTombstone() {
    return this == LEFT || this == DEAD;
  }

  /** What a voter makes of it. */
  Standing standing() {
    return switch (this) {
      case ALIVE -> Standing.LIVE;
      case CONNECTING -> Standing.UNKNOWN;
      case SUSPECT -> Standing.SUSPECT;
      case LEAVING -> Standing.LEAVING;
      case LEFT, DEAD, REMOVED -> Standing.GONE;
    };
  }
}
