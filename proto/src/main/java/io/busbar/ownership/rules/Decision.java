package io.busbar.ownership.rules;

import io.busbar.ownership.OwnerAnswer;
import io.busbar.ownership.OwnerRecord;

/**
 * Outcome of a request.
 *
 * @param after what the entry is to be; null = nothing. The very object it was = no change
 * @param answer what the requester is told
 */
public record Decision(OwnerRecord after, OwnerAnswer answer) {}
