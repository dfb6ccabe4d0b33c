package io.busbar.runners;

import io.busbar.bus.v1.WorkerInfo;

/**
 * What the node that dialled a runner before announced of it, so that the next one need not find
 * out again.
 *
 * @param state as announced, see {@link DialledRunner}
 * @param capacity calls at once it was given last
 * @param error the last thing that went wrong, "" = nothing
 */
record FormerStanding(String state, int capacity, String error) {

  static FormerStanding of(WorkerInfo announced) {
    return new FormerStanding(
        announced.getState(), announced.getCapacity(), announced.getLastError());
  }

  /** Why it is left alone. */
  String reason() {
    return error.isEmpty() ? "the node that dialled it before left it alone" : error;
  }
}
