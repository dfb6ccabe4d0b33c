package io.busbar.command;

import io.busbar.bus.v1.CommandReply;
import io.vertx.core.Future;
import java.util.Set;

/** Client API of the command primitive. Use it on one context. */
public interface Commands {
  /**
   * Sends a command. Its reply fails with NO_HANDLER when no node serves the target,
   * DEADLINE_EXCEEDED when the time is over, REJECTED when the handler refuses it, HANDLER_FAILED
   * when it went wrong, BUSY when too many wait, NODE_LOST when its node went, and CANCELLED. After
   * DEADLINE_EXCEEDED, NODE_LOST and CANCELLED it may have been done.
   */
  Sent send(CommandRequest request);

  /**
   * Serves a target on this node; completes when the other nodes are told. The handler is called on
   * this context. More than one registration of a target on a node share its commands.
   */
  Future<Registration> serve(String target, ServeOptions options, CommandHandler handler);

  /** All targets that are served anywhere. */
  Set<String> targets();

  /** A command on its way. */
  interface Sent {
    Future<CommandReply> reply();

    /** The reply fails with CANCELLED at once, and the handler is told. Harmless at the end. */
    void cancel();
  }

  /** A handler's registration. */
  interface Registration {
    /** Takes no more commands; those that run go on. */
    Future<Void> close();
  }
}
