package io.busbar.samples;

import io.busbar.command.ServeOptions;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/**
 * Answers with the body as it gets it, content type kept. Request header {@code X-Sleep-Ms}, at
 * most 60000, delays the end of the answer, and with it the slot. Command target {@code echo}
 * answers with the params. On the event loop: it never blocks.
 */
public final class Echo implements WorkerPlugin {
  private static final int MAX_SLEEP_MILLIS = 60_000;
  private static final int CONCURRENCY = 10_000;

  private Vertx vertx;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of("echo", "answers with the body as it gets it")
        .withConcurrency(CONCURRENCY)
        .onEventLoop();
  }

  @Override
  public Future<?> start(PluginContext context) {
    vertx = context.vertx();
    return context
        .commands()
        .serve(
            "echo",
            ServeOptions.concurrent(CONCURRENCY),
            command -> Future.succeededFuture(command.params()));
  }

  @Override
  public Future<?> serve(PluginCall call) {
    String type = call.headers().get("Content-Type");
    if (type != null) {
      call.header("Content-Type", type);
    }
    int sleep = sleepMillis(call.headers().get("X-Sleep-Ms"));
    if (sleep == 0) {
      return call.send(call.request());
    }
    return call.request()
        .pipe()
        .endOnComplete(false)
        .to(call.response())
        .compose(read -> sleep(call, sleep))
        .compose(slept -> call.end());
  }

  private Future<Void> sleep(PluginCall call, int millis) {
    Promise<Void> slept = Promise.promise();
    long timer = vertx.setTimer(millis, fired -> slept.complete());
    call.cancelHandler(
        reason -> {
          vertx.cancelTimer(timer);
          slept.tryFail(reason.toException());
        });
    return slept.future();
  }

  private static int sleepMillis(String header) {
    try {
      int millis = header == null ? 0 : Integer.parseInt(header.trim());
      if (millis >= 0 && millis <= MAX_SLEEP_MILLIS) {
        return millis;
      }
    } catch (NumberFormatException e) {
      // Told below, like a number out of range.
    }
    throw Failure.of(
            FailureCode.INVALID_REQUEST,
            "X-Sleep-Ms: '" + Failure.shorten(header, 40) + "', expected 0 to " + MAX_SLEEP_MILLIS)
        .withUser(true)
        .toException();
  }
}
