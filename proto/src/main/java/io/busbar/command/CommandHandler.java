package io.busbar.command;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Does the commands of a target. */
@FunctionalInterface
public interface CommandHandler {
  /**
   * Does one command. The result is a JSON text, null or empty = none. A failed future or an
   * exception is told to the sender: with its own failure if it is a {@link
   * io.busbar.failure.FailureException} (REJECTED is for refusing), else as HANDLER_FAILED.
   */
  Future<Buffer> handle(ReceivedCommand command);
}
