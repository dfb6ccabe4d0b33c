package io.busbar.plugin.host;

import io.busbar.bus.Lane;
import io.busbar.call.Calls;
import io.busbar.channel.Channels;
import io.busbar.command.impl.LaneCommands;
import io.busbar.ownership.impl.LaneOwnership;
import io.busbar.worker.WorkerPort;

/**
 * One lane of the node as a plugin host needs it.
 *
 * @param lane the lane
 * @param port its worker side
 * @param calls its client side
 * @param channels its channels
 * @param commands its commands
 * @param ownership its ownership
 */
public record HostLane(
    Lane lane,
    WorkerPort port,
    Calls calls,
    Channels channels,
    LaneCommands commands,
    LaneOwnership ownership) {}
