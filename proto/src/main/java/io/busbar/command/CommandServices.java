package io.busbar.command;

import io.busbar.bus.Service;
import io.busbar.bus.v1.Command;
import io.busbar.bus.v1.CommandCancel;
import io.busbar.bus.v1.CommandReply;
import io.busbar.bus.v1.Empty;

/** Services of the command primitive, on the lane that a node names for its target. */
public final class CommandServices {
  /** Do a command. */
  public static final Service<Command, CommandReply> DO =
      Service.of("commands.do", Command.parser(), CommandReply.parser());

  /** Told: nobody waits for it any more. */
  public static final Service<CommandCancel, Empty> CANCEL =
      Service.of("commands.cancel", CommandCancel.parser(), Empty.parser());

  private CommandServices() {}
}
