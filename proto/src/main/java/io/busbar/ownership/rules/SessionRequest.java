package io.busbar.ownership.rules;

/** What can be asked of a session's record. */
public sealed interface SessionRequest {
  /** The requester's clock, ms since 1970. */
  long clock();

  /** Begin it, or show that it lives. */
  record Renew(long clock, long ttlMillis) implements SessionRequest {}

  /**
   * It lapsed, if it was not renewed since.
   *
   * @param renewals what the observer saw; 0 = there was no record
   */
  record Lapse(long clock, long renewals, String cause) implements SessionRequest {}

  /** It comes back from before a stop of the cluster. */
  record Restore(long clock, SessionRecord record) implements SessionRequest {}

  /** It is over in any case. */
  record End(long clock, String cause) implements SessionRequest {}
}
