package io.busbar.gateway.testing;

import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Worker whose calls a test can be sure of before it does harm to the node: it prints the name of a
 * call once it has the whole body, and answers with the body after {@link #SLEEP}. A body of {@link
 * #BODY} does not fit into one stream window, so its last byte cannot be sent before the caller has
 * heard that the worker took the first ones: a printed call is committed on both sides.
 */
public final class HeldEcho implements WorkerPlugin {
  /** Pool, and the part of the worker's id before the node. */
  public static final String POOL = "held";

  /** More than {@code bus.stream-window}. */
  public static final String BODY = "0123456789abcdef".repeat((320 << 10) / 16);

  private static final int LARGEST = 1 << 20;
  private static final String NAME = "X-Call";
  private static final String SLEEP = "X-Sleep-Ms";

  private Vertx vertx;

  /** Sends a call and returns its answer to come, when the worker at that node has it for good. */
  public static CompletableFuture<Answer> call(
      NodeGroup nodes, NodeProcess entry, NodeProcess worker, String name, int sleepMillis) {
    CompletableFuture<Answer> answer =
        entry
            .callAsync(POOL, BODY, Map.of(NAME, name, SLEEP, Integer.toString(sleepMillis)))
            .thenApply(got -> new Answer(got.statusCode(), got.body()));
    nodes.eventually(
        () -> {
          if (answer.isDone() || !worker.log().contains("held " + name + ".")) {
            throw new AssertionError(worker.name() + " does not hold " + name + ": " + answer);
          }
        });
    return answer;
  }

  /** What the client of a held call got. */
  public record Answer(int status, String body) {}

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(POOL, "says which calls it has").withConcurrency(100).onEventLoop();
  }

  @Override
  public Future<?> start(PluginContext context) {
    vertx = context.vertx();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> serve(PluginCall call) {
    String name = call.headers().get(NAME);
    if (name == null) {
      return call.send(call.request());
    }
    int sleep = Integer.parseInt(call.headers().get(SLEEP));
    return call.body(LARGEST)
        .compose(
            body -> {
              System.out.println("held " + name + ".");
              return CallPause.of(vertx, call, sleep).compose(slept -> call.end(body));
            });
  }
}
