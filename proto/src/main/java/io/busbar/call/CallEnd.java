package io.busbar.call;

import io.busbar.bus.v1.Timing;
import io.busbar.failure.Failure;

/**
 * How a call ended.
 *
 * @param failure null = success
 * @param status of the response head, 0 = none came
 * @param worker the last worker, "" = none
 * @param attempts how many offers were made
 * @param requestBytes written by the caller
 * @param responseBytes delivered to the caller
 * @param timing the worker's measurements
 * @param retryAfterMillis when a retry makes sense, 0 = not known
 */
public record CallEnd(
    Failure failure,
    int status,
    String worker,
    int attempts,
    long requestBytes,
    long responseBytes,
    Timing timing,
    long retryAfterMillis) {
  public boolean succeeded() {
    return failure == null;
  }
}
