package io.busbar.command;

import io.busbar.bus.Lane;
import io.busbar.command.impl.LaneCommands;
import io.busbar.member.Members;

/** Opens the command primitive on a lane. */
public final class CommandClient {
  private CommandClient() {}

  /**
   * Once per lane, on its context; it is also a member of the lane, and must be started.
   *
   * @param members null = a lane without others: only its own targets are known
   */
  public static LaneCommands open(Lane lane, Members members, CommandObserver observer) {
    return new LaneCommands(lane, members, observer);
  }
}
