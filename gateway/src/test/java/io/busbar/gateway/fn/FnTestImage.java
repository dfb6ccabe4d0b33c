package io.busbar.gateway.fn;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.gateway.testing.CallPause;
import io.busbar.plugin.PluginCall;
import io.busbar.plugin.PluginContext;
import io.busbar.plugin.PluginDescriptor;
import io.busbar.plugin.WorkerPlugin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;

/**
 * Behaves as the image of Fn's system tests does in its runner. The request is JSON: {@code
 * echoContent}, {@code sleepTime} in ms, {@code trailerRepeat}, {@code isEmptyBody}, {@code
 * returnCode}; the answer tells {@code request}, {@code header}, {@code config}, {@code data} and
 * {@code trailer}.
 */
public final class FnTestImage implements WorkerPlugin {
  static final String POOL = "fn-test";

  /** A call that said {@code "hold": true} goes on when the test completes this. */
  static final CompletableFuture<String> RELEASED = new CompletableFuture<>();

  /** Completes when such a call has gone on. */
  static final CompletableFuture<String> WENT_ON = new CompletableFuture<>();

  private static final int LARGEST = 6_291_456;
  private static final int CONCURRENCY = 100;
  private static final String INIT_DELAY = "ENABLE_INIT_DELAY_MSEC";

  private Vertx vertx;

  @Override
  public PluginDescriptor descriptor() {
    return PluginDescriptor.of(POOL, "the image of Fn's system tests")
        .withConcurrency(CONCURRENCY)
        .onEventLoop();
  }

  @Override
  public Future<?> start(PluginContext context) {
    vertx = context.vertx();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> serve(PluginCall call) {
    JsonObject config = config(call);
    long initDelay = Long.parseLong(config.getString(INIT_DELAY, "0"));
    return call.body(LARGEST)
        .compose(body -> CallPause.of(vertx, call, initDelay).map(body))
        .map(body -> body.length() == 0 ? new JsonObject() : body.toJsonObject())
        .compose(
            request ->
                CallPause.of(vertx, call, request.getLong("sleepTime", 0L))
                    .compose(slept -> held(request))
                    .compose(released -> answer(call, config, request)));
  }

  /** The function's environment: what the load balancer sent, and what the runner adds. */
  private static JsonObject config(PluginCall call) {
    JsonObject config = call.original().toJsonObject().getJsonObject("config", new JsonObject());
    call.extensions().forEach(config::put);
    return config.put("FN_WINE", "1990");
  }

  private static Future<Void> held(JsonObject request) {
    if (!request.getBoolean("hold", false)) {
      return Future.succeededFuture();
    }
    return Future.fromCompletionStage(RELEASED, Vertx.currentContext())
        .onSuccess(WENT_ON::complete)
        .mapEmpty();
  }

  private static Future<?> answer(PluginCall call, JsonObject config, JsonObject request) {
    call.header("Content-Type", "application/json; charset=utf-8");
    if (request.containsKey("returnCode")) {
      call.header("Fn-Http-Status", request.getInteger("returnCode").toString());
    }
    if (request.getBoolean("isEmptyBody", false)) {
      return call.end();
    }
    JsonObject headers = new JsonObject();
    call.headers().names().forEach(n -> headers.put(n, new JsonArray(call.headers().getAll(n))));
    JsonArray trailer = new JsonArray();
    for (int i = 0; i < request.getInteger("trailerRepeat", 0); i++) {
      trailer.add(request.getString("echoContent", ""));
    }
    Buffer body =
        new JsonObject()
            .put("request", request)
            .put("header", headers)
            .put("config", config)
            .put("data", new JsonObject().put("DateTime", "now"))
            .put("trailer", trailer)
            .toBuffer();
    if (body.length() > LARGEST) {
      throw Failure.of(FailureCode.WORKER_FAILED, "function response body too large")
          .withUser(true)
          .withStatus(502)
          .toException();
    }
    return call.end(body);
  }
}
