package io.busbar.controlplane.core;

/** What matters of a host when it wants a key, or has one. */
public enum Standing {
  LIVE,
  SUSPECT,
  LEAVING,
  /** Left or found dead. */
  GONE,
  UNKNOWN
}
