package io.busbar.ownership.rules;

/**
 * What becomes of a holder session. The end is final: a session that was ended is never renewed, so
 * that whoever knows of the end may take its keys at any later time.
 */
public final class SessionRules {
  private SessionRules() {}

  /**
   * The record after the request; the very object it was = no change.
   *
   * @param before null = none
   */
  public static SessionRecord decide(SessionRecord before, SessionRequest request) {
    if (before != null && before.ended()) {
      return before;
    }
    long renewals = before == null ? 0 : before.renewals();
    long ttl = before == null ? 0 : before.ttlMillis();
    if (request instanceof SessionRequest.Renew renew) {
      return new SessionRecord(false, renewals + 1, renew.ttlMillis(), "", renew.clock());
    } else if (request instanceof SessionRequest.Lapse lapse) {
      // Without a record nobody renewed it since the record was lost.
      return before == null || lapse.renewals() == renewals
          ? new SessionRecord(true, renewals, ttl, lapse.cause(), lapse.clock())
          : before;
    } else if (request instanceof SessionRequest.End end) {
      return new SessionRecord(true, renewals, ttl, end.cause(), end.clock());
    }
    if (request instanceof SessionRequest.Restore restore) {
      return merge(before, restore.record());
    }
    throw new IllegalStateException("no rule for " + request);
  }

  /** Of two halves of a cluster: an end stands, else the one renewed more often. */
  public static SessionRecord merge(SessionRecord one, SessionRecord other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    } else if (one.ended() != other.ended()) {
      return one.ended() ? one : other;
    }
    return one.renewals() >= other.renewals() ? one : other;
  }
}
