package io.busbar.http;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.RunnerName;
import io.busbar.bus.v1.RunnerOrder;
import io.busbar.bus.v1.RunnerShare;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.busbar.runners.RunnerServices;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fn runners of a pool: who they are, and those put in and taken out at run time, on every node.
 */
final class RunnersApi {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BODY = 4096;

  private final Lane lane;
  private final WorkerDirectory workers;

  RunnersApi(Lane lane, WorkerDirectory workers) {
    this.lane = lane;
    this.workers = workers;
  }

  /** By address, at most {@code limit} after {@code after}. */
  Future<Reply> list(RoutingContext context) {
    String pool = pool(context);
    Paging paging = Paging.of(context.request());
    return lane.ask(
            new Endpoint(lane.endpoint().node(), 0),
            RunnerServices.LIST,
            RunnerName.newBuilder().setPool(pool).build(),
            PATIENCE)
        .map(known -> Reply.ok(paging.page("runners", documents(pool, known))));
  }

  private SortedMap<String, JsonObject> documents(String pool, RunnerShare known) {
    SortedMap<String, JsonObject> runners = new TreeMap<>();
    for (RunnerName named : known.getNamedList()) {
      runners.put(named.getAddress(), runner(pool, named.getAddress(), "configuration", true));
    }
    for (RunnerOrder order : known.getOrdersList()) {
      String address = order.getRunner().getAddress();
      runners.put(address, runner(pool, address, "request", order.getPresent()));
    }
    for (WorkerInfo worker : workers.workers()) {
      JsonObject runner =
          worker.getDialled() && worker.getPool().equals(pool)
              ? runners.get(worker.getAddress())
              : null;
      // While one node hands it to another it is two workers; the one that takes calls is told of.
      if (runner != null
          && (!runner.containsKey("worker")
              || worker.getStatus() != WorkerStatus.WORKER_DRAINING)) {
        runner.put("worker", Documents.worker(worker));
      }
    }
    return runners;
  }

  private static JsonObject runner(String pool, String address, String source, boolean present) {
    return new JsonObject()
        .put("pool", pool)
        .put("address", address)
        .put("source", source)
        .put("present", present);
  }

  /** Body: {@code {"address": "host:port"}}. */
  Future<Reply> add(RoutingContext context) {
    String pool = pool(context);
    return body(context.request())
        .compose(body -> order(pool, address(body), true))
        .map(json -> new Reply(201, json));
  }

  Future<Reply> remove(RoutingContext context) {
    return order(pool(context), context.pathParam("address"), false).map(Reply::ok);
  }

  private static String pool(RoutingContext context) {
    String pool = context.pathParam("pool");
    Failure refused = PoolPath.refuses(pool);
    if (refused != null) {
      throw refused.toException();
    }
    return pool;
  }

  private Future<Buffer> order(String pool, String address, boolean present) {
    RunnerOrder order =
        RunnerOrder.newBuilder()
            .setRunner(RunnerName.newBuilder().setPool(pool).setAddress(address))
            .setPresent(present)
            .build();
    return lane.ask(new Endpoint(lane.endpoint().node(), 0), RunnerServices.ORDER, order, PATIENCE)
        .map(
            entered ->
                new JsonObject()
                    .put("pool", entered.getRunner().getPool())
                    .put("address", entered.getRunner().getAddress())
                    .put("present", entered.getPresent())
                    .toBuffer());
  }

  private static String address(Buffer body) {
    JsonObject json;
    try {
      json = new JsonObject(body);
    } catch (DecodeException e) {
      throw invalid("the body is no JSON object");
    }
    Object address = json.getValue("address");
    if (!(address instanceof String text)) {
      throw invalid("address is " + Failure.shorten(String.valueOf(address), 80));
    }
    return text;
  }

  private static io.busbar.failure.FailureException invalid(String what) {
    return Failure.of(FailureCode.INVALID_REQUEST, what + ", expected {\"address\": \"host:port\"}")
        .toException();
  }

  /** Read in this turn, in place of being dropped. */
  private static Future<Buffer> body(HttpServerRequest request) {
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    request.handler(
        chunk -> {
          if (read.length() + chunk.length() > MOST_BODY) {
            whole.tryFail(
                Failure.of(FailureCode.TOO_LARGE, "the body is longer than " + MOST_BODY + " bytes")
                    .toException());
          } else {
            read.appendBuffer(chunk);
          }
        });
    request.endHandler(end -> whole.tryComplete(read));
    request.exceptionHandler(whole::tryFail);
    return whole.future();
  }
}
