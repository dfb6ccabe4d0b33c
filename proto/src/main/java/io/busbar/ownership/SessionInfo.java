package io.busbar.ownership;

/**
 * A holder session as this node sees it.
 *
 * @param holder whose
 * @param ended it is over for ever: its keys may be taken, it is renewed no more
 * @param ttlMillis its lease; 0 = does not lapse by itself
 * @param remainingMillis about how long it takes until it lapses if nobody renews it, on this
 *     node's clock; -1 = does not lapse
 * @param cause of its end, "" = has none
 * @param changed when it was renewed last, or ended, ms since 1970 on the clock of who did it
 */
public record SessionInfo(
    Holder holder,
    boolean ended,
    long ttlMillis,
    long remainingMillis,
    String cause,
    long changed) {}
