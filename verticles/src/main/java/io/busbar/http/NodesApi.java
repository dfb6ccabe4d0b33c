package io.busbar.http;

import io.busbar.bus.Endpoint;
import io.busbar.bus.Lane;
import io.busbar.bus.v1.Empty;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.busbar.member.Members;
import io.busbar.member.NodeServices;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Comparator;

/** The nodes of the cluster. */
final class NodesApi {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LONGEST_WAIT = 300_000;

  private final Lane lane;
  private final Members members;

  NodesApi(Lane lane, Members members) {
    this.lane = lane;
    this.members = members;
  }

  Future<Reply> list(RoutingContext context) {
    JsonArray nodes = new JsonArray();
    members.nodes().stream()
        .sorted(Comparator.comparing(NodeInfo::getName).thenComparing(NodeInfo::getNodeId))
        .map(this::document)
        .forEach(nodes::add);
    return Future.succeededFuture(Reply.ok(new JsonObject().put("nodes", nodes).toBuffer()));
  }

  Future<Reply> show(RoutingContext context) {
    return Future.succeededFuture(Reply.ok(document(node(context)).toBuffer()));
  }

  /** With {@code wait} answered when the node has left, or after that time. */
  Future<Reply> drain(RoutingContext context) {
    NodeInfo node = node(context);
    long wait = wait(context.request().getParam("wait"));
    if (!node.getGateway()) {
      throw Failure.of(
              FailureCode.CONFLICT,
              "node '"
                  + node.getName()
                  + "' is a plugin team's member, it is stopped where it runs")
          .toException();
    }
    return lane.ask(
            new Endpoint(node.getNodeId(), 0),
            NodeServices.DRAIN,
            Empty.getDefaultInstance(),
            PATIENCE)
        .compose(
            begun ->
                wait == 0
                    ? Future.succeededFuture(false)
                    : Leaving.of(lane, members, node, wait, closed(context)))
        .map(
            gone -> {
              JsonObject json = document(node.toBuilder().setDraining(true).build());
              return new Reply(gone ? 200 : 202, json.put("gone", gone).toBuffer());
            });
  }

  private static Future<?> closed(RoutingContext context) {
    Promise<Void> closed = Promise.promise();
    context.addEndHandler(ended -> closed.tryComplete());
    return closed.future();
  }

  private static long wait(String text) {
    if (text == null) {
      return 0;
    }
    long millis = CallHeaders.millis(text);
    if (millis <= 0 || millis > LONGEST_WAIT) {
      throw Failure.of(
              FailureCode.INVALID_REQUEST,
              "wait is '" + Failure.shorten(text, 40) + "', expected a duration up to 5m")
          .toException();
    }
    return millis;
  }

  private NodeInfo node(RoutingContext context) {
    String name = context.pathParam("name");
    NodeInfo node = members.byName(name);
    if (node == null) {
      throw Failure.of(
              FailureCode.NOT_FOUND, "there is no node '" + Failure.shorten(name, 80) + "'")
          .toException();
    }
    return node;
  }

  private JsonObject document(NodeInfo node) {
    return Documents.node(node, node.getNodeId().equals(lane.endpoint().node()));
  }
}
