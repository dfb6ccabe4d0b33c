package io.busbar.controlplane.core;

/**
 * The page's durations of a host that stands for itself alone, in ms.
 *
 * @param lease what an owner holds after a majority confirmed it
 * @param margin how much earlier an owner stops writing
 * @param renew pause between two renewals
 * @param reservation how long a vote binds without a word from the one it was given to
 * @param confirmDeadline after which a vote counts as not given
 */
record LeaseTimes(long lease, long margin, long renew, long reservation, long confirmDeadline) {
  static final LeaseTimes DEFAULTS = new LeaseTimes(10_000, 2_000, 3_000, 5_000, 1_000);

  /** Of an owner that believes in its lease for far longer than the voters do. */
  LeaseTimes careless() {
    return new LeaseTimes(lease, -30_000, renew, reservation, confirmDeadline);
  }
}
