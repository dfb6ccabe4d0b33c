package io.busbar.ownership;

/** State of a key. The order is that of the wire. */
public enum OwnerState {
  /** Never owned; perhaps reserved. */
  FREE,
  /** Its holder may write. */
  OWNED,
  /** Still its holder's, who has stopped writing so that another host can take it. */
  SEALED,
  /** Given back; what is left is the epoch, below which no new one will be. */
  RELEASED;

  /** Whether somebody holds it. */
  public boolean isHeld() {
    return this == OWNED || this == SEALED;
  }
}
