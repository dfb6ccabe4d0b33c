package io.busbar.gateway.management;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A node that is well. */
final class ReadyNode implements NodeFacts {
  @Override
  public Future<List<Integer>> stuckLanes() {
    return Future.succeededFuture(List.of());
  }

  @Override
  public List<String> notReady() {
    return List.of();
  }

  @Override
  public JsonObject info() {
    return new JsonObject();
  }

  @Override
  public String metrics() {
    return "";
  }
}
