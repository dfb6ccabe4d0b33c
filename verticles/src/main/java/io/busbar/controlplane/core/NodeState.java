package io.busbar.controlplane.core;

/** States of this host. The order is that of a life, apart from {@link #FENCED}. */
public enum NodeState {
  STARTING,
  JOINING,
  UP,
  /** On the minority's side: claims nothing, grants nothing, writes nothing. */
  FENCED,
  DRAINING,
  CLOSING,
  STOPPED;

  /** Whether this host names itself among the healthy ones. */
  public boolean namesItself() {
    return this != DRAINING && this != CLOSING && this != STOPPED;
  }

  /** Whether it is on its way out. */
  public boolean isLeaving() {
    return this == DRAINING || this == CLOSING || this == STOPPED;
  }
}
