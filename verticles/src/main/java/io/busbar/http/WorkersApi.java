package io.busbar.http;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerCommand;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.busbar.member.Members;
import io.busbar.worker.WorkerServices;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;

/** The workers of the cluster and the pools they form. */
final class WorkersApi {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Lane lane;
  private final WorkerDirectory workers;
  private final Members members;

  WorkersApi(Lane lane, WorkerDirectory workers, Members members) {
    this.lane = lane;
    this.workers = workers;
    this.members = members;
  }

  /** By id, at most {@code limit} after {@code after}, of one pool if {@code pool} is given. */
  Future<Reply> list(RoutingContext context) {
    Paging paging = Paging.of(context.request());
    int limit = paging.limit();
    String pool = context.request().getParam("pool");
    List<WorkerInfo> page = workers.page(pool, paging.after(), limit + 1);
    JsonArray list = new JsonArray();
    page.stream().limit(limit).map(Documents::worker).forEach(list::add);
    JsonObject json = new JsonObject().put("workers", list);
    if (page.size() > limit) {
      json.put("next", page.get(limit - 1).getWorkerId());
    }
    return Future.succeededFuture(Reply.ok(json.toBuffer()));
  }

  Future<Reply> show(RoutingContext context) {
    return Future.succeededFuture(Reply.ok(Documents.worker(worker(context)).toBuffer()));
  }

  Future<Reply> command(RoutingContext context, String verb) {
    WorkerInfo worker = worker(context);
    NodeInfo node = members.byId(worker.getNodeId());
    if (node == null) {
      throw Failure.of(
              FailureCode.UNAVAILABLE,
              "the node of worker '" + worker.getWorkerId() + "' is not there")
          .toException();
    }
    return lane.ask(
            new Endpoint(worker.getNodeId(), worker.getLane()),
            WorkerServices.COMMAND,
            WorkerCommand.newBuilder().setWorker(worker.getWorkerId()).setVerb(verb).build(),
            PATIENCE)
        .map(changed -> Reply.ok(Documents.worker(changed).toBuffer()));
  }

  private WorkerInfo worker(RoutingContext context) {
    String id = context.pathParam("id");
    return workers
        .worker(id)
        .orElseThrow(
            () ->
                Failure.of(
                        FailureCode.NOT_FOUND,
                        "there is no worker '" + Failure.shorten(id, 80) + "'")
                    .toException());
  }

  /** Pools by name, in figures. */
  Future<Reply> pools(RoutingContext context) {
    JsonArray list = new JsonArray();
    workers.pools().stream().map(Documents::pool).forEach(list::add);
    return Future.succeededFuture(Reply.ok(new JsonObject().put("pools", list).toBuffer()));
  }
}
