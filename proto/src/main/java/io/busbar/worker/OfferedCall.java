package io.busbar.worker;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.RequestHead;

/**
 * A call on offer.
 *
 * @param remainingMillis until the caller's deadline
 * @param timeoutMillis from slot to end
 */
public record OfferedCall(
    CallId id,
    int attempt,
    String pool,
    RequestHead head,
    long remainingMillis,
    long timeoutMillis,
    int priority,
    String tenant) {}
