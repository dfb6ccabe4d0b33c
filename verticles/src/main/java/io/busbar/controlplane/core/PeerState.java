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
}
