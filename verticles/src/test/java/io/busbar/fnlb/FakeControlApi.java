package io.busbar.fnlb;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Fn's control API as far as a load balancer asks it: one app, one function, one trigger; and
 * scripted misbehaviour.
 */
final class FakeControlApi {
  final List<String> asked = new CopyOnWriteArrayList<>();
  final Map<String, JsonObject> things = new ConcurrentHashMap<>();
  private final HttpServer server;
  private volatile Consumer<HttpServerRequest> next = this::serve;

  FakeControlApi(Vertx vertx) throws Exception {
    things.put(
        "/v2/fns/fn-1",
        new JsonObject()
            .put("id", "fn-1")
            .put("name", "resize")
            .put("app_id", "app-9")
            .put("image", "acme/slow:2")
            .put("memory", 512)
            .put("timeout", 11)
            .put("idle_timeout", 12)
            .put("config", new JsonObject().put("A", "fn").put("B", "fn"))
            .put("annotations", new JsonObject().put("who", "fn")));
    things.put(
        "/v2/apps/app-9",
        new JsonObject()
            .put("id", "app-9")
            .put("name", "pics")
            .put("config", new JsonObject().put("A", "app").put("C", "app"))
            .put("annotations", new JsonObject().put("who", "app").put("deep", new JsonArray()))
            .put("syslog_url", "tcp://logs:514"));
    things.put(
        "/v2/apps?name=pics",
        new JsonObject().put("items", new JsonArray().add(new JsonObject().put("id", "app-9"))));
    things.put("/v2/apps?name=none", new JsonObject().put("items", new JsonArray()));
    things.put(
        "/v2/runner/apps/app-9/triggerBySource/http//small",
        new JsonObject().put("id", "trig-1").put("fn_id", "fn-1").put("source", "/small"));
    server =
        FnLbStage.await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      asked.add(request.uri());
                      next.accept(request);
                    })
                .listen(0, "127.0.0.1"));
  }

  String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** From now on requests are answered by this. */
  void script(Consumer<HttpServerRequest> handler) {
    next = handler;
  }

  /** What a healthy API answers. */
  void serve(HttpServerRequest request) {
    JsonObject thing = things.get(request.uri());
    if (thing == null) {
      fail(request, 404, "Fn not found");
    } else {
      request.response().putHeader("content-type", "application/json").end(thing.encode());
    }
  }

  static void fail(HttpServerRequest request, int status, String message) {
    request.response().setStatusCode(status).end(new JsonObject().put("message", message).encode());
  }
}
