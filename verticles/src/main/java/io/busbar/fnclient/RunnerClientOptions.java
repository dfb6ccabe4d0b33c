package io.busbar.fnclient;

import io.busbar.fn.wire.CallFunction;

/**
 * What a pool grants its runners, says of its calls, and how it dials.
 *
 * @param concurrency calls at once on one runner from this node, until {@link
 *     RunnerHandle#setCapacity} says otherwise
 * @param headroomMillis that a call gets on a runner beyond its own time, for what the runner does
 *     not count: waiting for a slot there, pulling an image, starting a container
 * @param function what is said of the function of calls that do not come with a description of
 *     their own; its timeout only when the call has none
 * @param link how they are dialled
 */
public record RunnerClientOptions(
    int concurrency, long headroomMillis, CallFunction function, LinkOptions link) {
  /** As Fn: 360 seconds of headroom. */
  public static final RunnerClientOptions DEFAULTS =
      new RunnerClientOptions(
          100, 360_000, CallFunction.ofTimeout(CallFunction.DEFAULT_TIMEOUT), LinkOptions.DEFAULTS);

  public RunnerClientOptions {
    if (concurrency < 1) {
      throw new IllegalArgumentException("concurrency: " + concurrency + ", expected at least 1");
    }
    if (headroomMillis < 0) {
      throw new IllegalArgumentException("headroom: " + headroomMillis + ", expected 0 or more");
    }
  }

  public RunnerClientOptions withConcurrency(int calls) {
    return new RunnerClientOptions(calls, headroomMillis, function, link);
  }

  public RunnerClientOptions withHeadroom(long millis) {
    return new RunnerClientOptions(concurrency, millis, function, link);
  }

  public RunnerClientOptions withFunction(CallFunction facts) {
    return new RunnerClientOptions(concurrency, headroomMillis, facts, link);
  }

  public RunnerClientOptions withLink(LinkOptions options) {
    return new RunnerClientOptions(concurrency, headroomMillis, function, options);
  }
}
