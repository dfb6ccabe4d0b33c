package io.busbar.dispatch;

import io.busbar.bus.v1.Id;
import io.busbar.failure.Failure;

/**
 * How a call ended, kept for questions.
 *
 * @param failure null = success
 * @param waited milliseconds until the newest slot; until the end if there was none
 * @param retryAfter what its caller was told, milliseconds
 */
record FinishedCall(
    Id id,
    String pool,
    String worker,
    String workerNode,
    int attempts,
    long submittedWall,
    long startedWall,
    long endedWall,
    long endedAt,
    long waited,
    Failure failure,
    long retryAfter,
    int status,
    long requestBytes,
    long responseBytes,
    String clientId,
    String tenant,
    boolean detached) {}
