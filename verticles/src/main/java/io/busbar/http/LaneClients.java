package io.busbar.http;

import io.busbar.call.Calls;
import io.busbar.channel.Channels;
import io.busbar.command.Commands;
import io.busbar.ownership.Ownership;

/** The client APIs of one lane. */
public record LaneClients(Calls calls, Channels channels, Commands commands, Ownership ownership) {}
