package io.busbar.gateway.cli.demo;

import io.busbar.gateway.process.ReadyLine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A cart is filled, its owner is killed, and another node goes on with it. */
final class CartStory {
  private static final int ITEMS = 3;
  private static final long LIMIT_SECONDS = 30;

  private final DemoCluster cluster;
  private final HttpClient client;
  private boolean told;

  CartStory(Vertx vertx, DemoCluster cluster) {
    this.cluster = cluster;
    this.client = vertx.createHttpClient(new HttpClientOptions());
  }

  /** Whether the cart survived. */
  boolean worked() {
    return told;
  }

  /** Kills the last node; what became of the cart, one line. */
  String tell() throws Exception {
    ReadyLine last = cluster.nodes().get(cluster.nodes().size() - 1);
    try {
      JsonObject before = null;
      for (int i = 0; i < ITEMS; i++) {
        before = await(ask(last, "add"));
      }
      cluster.kill(last.node());
      long began = System.nanoTime();
      JsonObject after = await(ask(cluster.nodes().get(0), "show"));
      double seconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) / 1000.0;
      int kept = after.getJsonObject("items").getInteger("apple", 0);
      told = kept == ITEMS && after.getLong("epoch") > before.getLong("epoch");
      return String.format(
          Locale.ROOT,
          "cart: %s confirmed %d items (epoch %d) and was killed; %s has %d (epoch %d) after %.1f s%n",
          before.getString("node"),
          ITEMS,
          before.getLong("epoch"),
          after.getString("node"),
          kept,
          after.getLong("epoch"),
          seconds);
    } catch (java.util.concurrent.ExecutionException e) {
      return "cart: " + e.getCause().getMessage() + "\n";
    }
  }

  private Future<JsonObject> ask(ReadyLine node, String what) {
    JsonObject params = new JsonObject().put("cart", "demo").put("item", "apple");
    JsonObject command =
        new JsonObject().put("name", what).put("params", params).put("timeout", "20s");
    return client
        .request(HttpMethod.POST, node.port("http"), node.host("http"), "/v1/commands/cart")
        .compose(request -> request.send(command.toBuffer()))
        .compose(
            response ->
                response
                    .body()
                    .compose(
                        body ->
                            response.statusCode() == 200
                                ? Future.succeededFuture(
                                    body.toJsonObject().getJsonObject("result"))
                                : Future.failedFuture(response.statusCode() + " " + body)));
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }
}
