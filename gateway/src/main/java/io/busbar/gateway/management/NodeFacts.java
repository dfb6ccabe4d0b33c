package io.busbar.gateway.management;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the management port shows; implemented by the node. */
public interface NodeFacts {
  /** Lanes whose event loop did not take its turn in time; empty = alive. */
  Future<List<Integer>> stuckLanes();

  /** Why the node is not ready; empty = ready. */
  List<String> notReady();

  /** What the node is: name, version, addresses, members, JVM. No secrets. */
  JsonObject info();

  /** All meters as Prometheus text. May take a while, so it is called on a worker thread. */
  String metrics();
}
