package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.worker.WorkerPort;

/**
 * One lane of the node as a plugin host needs it.
 *
 * @param lane the lane
 * @param port its worker side
 * @param calls its client side
 */
public record HostLane(Lane lane, WorkerPort port, Calls calls) {}
