package io.busbar.gateway.node;

import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** The main thread's way to wait while the node starts; never called on an event loop. */
final class Await {
  private Await() {}

  /** The result; a failure becomes the exception that the function makes of it. */
  static <T> T result(Future<T> future, Function<Throwable, ? extends RuntimeException> failed) {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof StartFailure known) {
        throw known;
      }
      throw failed.apply(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while starting", e);
    }
  }
}
