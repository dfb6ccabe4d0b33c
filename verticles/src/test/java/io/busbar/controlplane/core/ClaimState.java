package io.busbar.controlplane.core;

/** States of a claim to one key. */
enum ClaimState {
  NONE,
  CLAIMING,
  /** Votes were split or lost; tries again. */
  BACKOFF,
  OWNED,
  /** Still owner, takes nothing new: about to be handed over. */
  SEALED,
  /** Another host owns it. */
  REMOTE,
  /** Was owner; must stop writing and forget what it holds. */
  LOST
}
