package io.busbar.fnclient;

import io.busbar.bus.Lane;
import io.busbar.worker.WorkerPort;

/**
 * One lane of the node on which runners are workers.
 *
 * @param lane the lane
 * @param port its worker side
 */
public record WorkerLane(Lane lane, WorkerPort port) {}
