package io.busbar.plugin.host;

import io.busbar.plugin.WorkerPlugin;
import io.busbar.worker.ServedCall;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/** Gives one call to a plugin instance and applies the rules of its end. On its context. */
final class Serving {
  private final WorkerPlugin plugin;
  private final Context context;
  private final PluginWatch watch;
  private final HostedCall call;

  /**
   * @param onOver run once when the call is over
   * @param onSuspicion run when the plugin went wrong
   */
  Serving(
      WorkerPlugin plugin,
      ServedCall served,
      Context context,
      PluginWatch watch,
      Runnable onOver,
      Runnable onSuspicion) {
    this.plugin = plugin;
    this.context = context;
    this.watch = watch;
    this.call =
        new HostedCall(
            served,
            context,
            onOver,
            cause -> {
              watch.threw(served.offer().id().toString(), cause);
              onSuspicion.run();
            });
  }

  HostedCall call() {
    return call;
  }

  /**
   * Serves; whatever the plugin throws ends the call only. {@code onReturn} is run once on the
   * context when the plugin is done with the call; at once when it returned null, since then only
   * the call's end counts.
   */
  void run(Runnable onReturn) {
    watch.calls.increment();
    Future<?> result;
    try {
      result = plugin.serve(call);
    } catch (Throwable e) {
      result = Future.failedFuture(e);
    }
    if (result == null) {
      onReturn.run();
    } else if (result.isComplete()) {
      returned(result, onReturn);
    } else {
      result.onComplete(done -> onContext(() -> returned(done, onReturn)));
    }
  }

  /** A plugin may complete its future on any thread. */
  private void onContext(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(v -> action.run());
    }
  }

  private void returned(AsyncResult<?> result, Runnable onReturn) {
    if (result.failed()) {
      watch.failed.increment();
      call.threw(result.cause());
    } else if (!call.isEnded()) {
      call.end();
    }
    onReturn.run();
  }
}
