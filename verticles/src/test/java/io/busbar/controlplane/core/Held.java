package io.busbar.controlplane.core;

/**
 * What a voter knows of a key's owner.
 *
 * @param owner who has it, or to whom it is reserved
 * @param standing of the owner
 * @param firm false = only reserved by an earlier vote
 * @param lapsed the lease, or the reservation, is over
 * @param epoch 0 = given by a host that knows none
 * @param sealedFor to whom this host, the owner, is handing it; null = to nobody
 */
record Held(
    HostName owner,
    Standing standing,
    boolean firm,
    boolean lapsed,
    long epoch,
    HostName sealedFor) {}
