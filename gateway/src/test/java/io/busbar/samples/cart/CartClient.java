package io.busbar.samples.cart;

import io.busbar.gateway.testing.NodeProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Fills carts through the HTTP side of nodes, and remembers what was confirmed. Thread-safe. */
final class CartClient {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, Integer> confirmed = new ConcurrentHashMap<>();

  /** One try; the answer's status, 0 = there was none. */
  int add(NodeProcess node, String cart, String request) {
    JsonObject params =
        new JsonObject().put("cart", cart).put("item", "apple").put("request", request);
    HttpResponse<String> answer = command(node, "add", params, "20s");
    int status = answer == null ? 0 : answer.statusCode();
    if (status == 200) {
      confirmed.merge(cart, 1, Integer::sum);
    }
    return status;
  }

  /** Adds one, by whatever node there is, as often as it takes: it has one id. */
  void addSurely(Supplier<NodeProcess> nodes, String cart, String request) {
    for (int i = 0; i < 200; i++) {
      if (add(nodes.get(), cart, request) == 200) {
        return;
      }
    }
    throw new AssertionError("no node adds to " + cart);
  }

  /** What was confirmed of a cart. */
  int confirmed(String cart) {
    return confirmed.getOrDefault(cart, 0);
  }

  /** Fields {@code items}, {@code node}, {@code epoch}. */
  JsonObject show(NodeProcess node, String cart) {
    HttpResponse<String> answer = command(node, "show", new JsonObject().put("cart", cart), "20s");
    if (answer == null || answer.statusCode() != 200) {
      throw new AssertionError(cart + " at " + node.name() + ": " + text(answer));
    }
    return new JsonObject(answer.body()).getJsonObject("result");
  }

  private static String text(HttpResponse<String> answer) {
    return answer == null ? "no answer" : answer.statusCode() + " " + answer.body();
  }

  private HttpResponse<String> command(
      NodeProcess node, String name, JsonObject params, String timeout) {
    JsonObject command =
        new JsonObject().put("name", name).put("params", params).put("timeout", timeout);
    HttpRequest request =
        HttpRequest.newBuilder(node.http("/v1/commands/cart"))
            .timeout(Duration.ofSeconds(30))
            .POST(HttpRequest.BodyPublishers.ofString(command.encode()))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      // The node is gone: nothing was confirmed.
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
