package io.busbar.contract;

import io.busbar.gateway.node.Node;
import io.busbar.gateway.testing.Eventually;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The node that a contract's client calls, asked from outside what it knows of one pool. */
final class EntryNode {
  /** Which client. */
  enum Front {
    HTTP_1,
    HTTP_2,
    FN
  }

  static final Duration WAIT = Duration.ofSeconds(60);
  private static final HttpClient ASKING = HttpClient.newHttpClient();

  private final Node node;
  private final String pool;
  private final Map<String, String> ready = new HashMap<>();

  EntryNode(Node node, String pool) {
    this.node = node;
    this.pool = pool;
    for (String field : node.readyLine().split(" ")) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        ready.put(field.substring(0, equals), field.substring(equals + 1));
      }
    }
  }

  /** Where others join. */
  String cluster() {
    return ready.get("cluster");
  }

  FrontSide client(Front front) {
    String[] http = ready.get("http").split(":");
    String[] fn = ready.get("runner").split(":");
    return switch (front) {
      case HTTP_1 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_1_1);
      case HTTP_2 -> new HttpFrontSide(http[0], Integer.parseInt(http[1]), HttpVersion.HTTP_2);
      case FN -> new FnFrontSide(fn[0], Integer.parseInt(fn[1]));
    };
  }

  void awaitWorker() {
    Eventually.passes(
        WAIT,
        () -> "no worker of " + pool,
        () -> {
          if (workers().isEmpty()) {
            throw new AssertionError("no worker");
          }
        });
  }

  void awaitIdle() {
    Eventually.passes(
        WAIT,
        () -> "still busy",
        () -> {
          for (JsonObject worker : workers()) {
            if (worker.getInteger("running_tasks") != 0) {
              throw new AssertionError("busy: " + worker.encode());
            }
          }
        });
  }

  void awaitNobodyWaits() {
    Eventually.passes(
        WAIT,
        () -> "somebody still waits",
        () -> {
          for (JsonObject one : list("pools")) {
            if (one.getInteger("waiting") != 0) {
              throw new AssertionError(one.encode());
            }
          }
        });
  }

  private List<JsonObject> workers() throws Exception {
    return list("workers").stream()
        .filter(worker -> worker.getString("pool").equals(pool))
        .toList();
  }

  private List<JsonObject> list(String what) throws Exception {
    HttpResponse<String> answer =
        ASKING.send(
            HttpRequest.newBuilder(URI.create("http://" + ready.get("http") + "/v1/" + what))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new JsonObject(answer.body())
        .getJsonArray(what).stream().map(JsonObject.class::cast).toList();
  }

  void stop() {
    node.stop();
  }
}
