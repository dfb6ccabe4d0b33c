package io.busbar.command;

/** Told what becomes of commands on a node, for meters. Any lane. */
public interface CommandObserver {
  CommandObserver NONE = new CommandObserver() {};

  /**
   * A command that was sent here is over.
   *
   * @param code of its failure, "ok" = none
   */
  default void sent(String code, long millis) {}

  /** A handler here is done with a command. */
  default void handled(String code, long millis) {}

  /** Commands that wait here came (1) or went (-1). */
  default void waiting(int change) {}
}
