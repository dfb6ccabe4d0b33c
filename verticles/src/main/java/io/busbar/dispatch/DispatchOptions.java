package io.busbar.dispatch;

/**
 * Limits of a node's dispatchers.
 *
 * @param lanes lanes of this node
 * @param keep finished calls kept on the node, {@code calls.keep}
 * @param keepMillis how long
 * @param active calls that one lane follows at once; more are refused with QUEUE_FULL
 */
public record DispatchOptions(int lanes, int keep, long keepMillis, int active) {
  public DispatchOptions {
    if (lanes < 1 || keep < 0 || keepMillis < 0 || active < 1) {
      throw new IllegalArgumentException(
          "lanes %d, keep %d, keepMillis %d, active %d: expected no negative and a lane"
              .formatted(lanes, keep, keepMillis, active));
    }
  }

  public static DispatchOptions forLanes(int lanes) {
    return new DispatchOptions(lanes, 10_000, 600_000, 100_000);
  }

  public DispatchOptions withKeep(int calls, long millis) {
    return new DispatchOptions(lanes, calls, millis, active);
  }

  public DispatchOptions withActive(int calls) {
    return new DispatchOptions(lanes, keep, keepMillis, calls);
  }
}
