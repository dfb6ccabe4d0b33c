package io.busbar.controlplane.core;

/**
 * A voter's answer.
 *
 * @param text "" when accepted
 */
record Vote(boolean accepted, Reason reason, String text) {

  /** Which rule decided. */
  enum Reason {
    INVALID,
    NO_QUORUM,
    JOINING,
    UNAVAILABLE,
    DRAINING,
    STALE_EPOCH,
    RESERVED,
    REFRESHED,
    HANDED_OVER,
    OWNED,
    RESERVED_FOR_OTHER,
    OWNER_SUSPECT,
    LEASED,
    TAKEN_OVER
  }

  static Vote yes(Reason reason) {
    return new Vote(true, reason, "");
  }

  static Vote no(Reason reason, String text) {
    return new Vote(false, reason, text);
  }
}
