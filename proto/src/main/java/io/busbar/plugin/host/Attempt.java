package io.busbar.plugin.host;

import io.vertx.core.Future;
import java.util.function.Supplier;

/** Calls a plugin's method that gives a future, whatever it does instead. */
final class Attempt {
  private Attempt() {}

  /** The future; failed with what was thrown; succeeded with null for null. */
  static <T> Future<T> of(Supplier<? extends Future<? extends T>> action) {
    try {
      Future<? extends T> future = action.get();
      return future == null ? Future.succeededFuture() : future.map(value -> value);
    } catch (Throwable e) {
      return Future.failedFuture(e);
    }
  }
}
