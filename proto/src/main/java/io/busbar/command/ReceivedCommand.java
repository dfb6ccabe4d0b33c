package io.busbar.command;

import io.busbar.failure.Failure;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;

/** A command as its handler sees it; used on the handler's context. */
public interface ReceivedCommand {
  String target();

  String name();

  /** JSON text, empty = none. */
  Buffer params();

  /** Milliseconds until nobody waits for the reply any more. */
  long remainingMillis();

  /** Told once when nobody waits for the reply any more; at once if that is so already. */
  void cancelHandler(Handler<Failure> handler);
}
