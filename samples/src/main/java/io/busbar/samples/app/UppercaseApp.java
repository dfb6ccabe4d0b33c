package io.busbar.samples.app;

import io.busbar.Busbar;
import io.busbar.BusbarOptions;
import io.busbar.failure.Failure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process that joins a cluster and serves pool {@code uppercase} until SIGTERM; then it drains
 * and leaves. Arguments: {@code --join HOST:PORT} of a gateway node's cluster port, {@code --name}
 * of this node, {@code --cluster} name, {@code --lost-after} as the nodes have it.
 */
public final class UppercaseApp {
  private static final long WAIT_SECONDS = 60;

  private UppercaseApp() {}

  public static void main(String[] args) throws InterruptedException {
    try {
      serve(options(args));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    } catch (ExecutionException | TimeoutException e) {
      System.err.println(Failure.of(e).detail());
      System.exit(Failure.of(e).retrySafe() ? 4 : 1);
    }
  }

  private static BusbarOptions options(String[] args) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      given.put(args[i], args[i + 1]);
    }
    if (!given.containsKey("--join")) {
      throw new IllegalArgumentException(
          "usage: --join HOST:PORT [--name NODE] [--cluster NAME] [--lost-after TIME]");
    }
    JsonObject cluster =
        new JsonObject()
            .put("name", given.getOrDefault("--cluster", "busbar"))
            .put("port", 0)
            .put("join", new JsonArray().add(given.get("--join")))
            .put("lost-after", given.getOrDefault("--lost-after", "15s"));
    return BusbarOptions.fromJson(
        new JsonObject()
            .put(
                "node", new JsonObject().put("name", given.getOrDefault("--name", "uppercase-app")))
            .put("cluster", cluster));
  }

  private static void serve(BusbarOptions options)
      throws InterruptedException, ExecutionException, TimeoutException {
    Vertx vertx = await(Busbar.clustered(options));
    Busbar busbar = await(Busbar.join(vertx, options));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, busbar)));
    await(busbar.register(Uppercase::new));
    await(busbar.ready());
    System.out.println("READY node=" + busbar.node().name() + " pool=uppercase");
  }

  /** The JVM would say 143 after SIGTERM, whatever happened here. */
  private static void stop(Vertx vertx, Busbar busbar) {
    int exit = 0;
    try {
      await(busbar.drain());
      await(busbar.close());
      await(vertx.close());
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      System.err.println("not stopped in order: " + e);
      exit = 1;
    }
    Runtime.getRuntime().halt(exit);
  }

  private static <T> T await(Future<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.toCompletionStage().toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }
}
