package io.busbar.ownership.rules;

/**
 * Record of a holder session.
 *
 * @param ended it is over, for ever
 * @param renewals grows with each renewal
 * @param ttlMillis 0 = does not lapse by itself
 * @param cause of its end
 * @param changed of its last change, ms since 1970 on the clock of who made it; for people
 */
public record SessionRecord(
    boolean ended, long renewals, long ttlMillis, String cause, long changed) {}
