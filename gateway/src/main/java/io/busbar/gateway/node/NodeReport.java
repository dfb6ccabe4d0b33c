package io.busbar.gateway.node;

import io.busbar.bus.LaneHost;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.gateway.management.NodeFacts;
import io.busbar.member.ClusterSize;
import io.busbar.member.Membership;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/** What the management port shows of this node. */
final class NodeReport implements NodeFacts {
  private static final long TURN_MILLIS = 2000;

  private final Vertx vertx;
  private final List<LaneHost> lanes;
  private final Readiness readiness;
  private final Membership members;
  private final PrometheusMeterRegistry meters;

  NodeReport(
      Vertx vertx,
      List<LaneHost> lanes,
      Readiness readiness,
      Membership members,
      PrometheusMeterRegistry meters) {
    this.vertx = vertx;
    this.lanes = lanes;
    this.readiness = readiness;
    this.members = members;
    this.meters = meters;
  }

  @Override
  public Future<List<Integer>> stuckLanes() {
    Promise<List<Integer>> promise = Promise.promise();
    Set<Integer> silent = new ConcurrentSkipListSet<>();
    for (int lane = 0; lane < lanes.size(); lane++) {
      silent.add(lane);
    }
    long timer = vertx.setTimer(TURN_MILLIS, t -> promise.tryComplete(new ArrayList<>(silent)));
    for (int i = 0; i < lanes.size(); i++) {
      int lane = i;
      lanes
          .get(lane)
          .lane()
          .context()
          .runOnContext(
              turn -> {
                silent.remove(lane);
                if (silent.isEmpty() && promise.tryComplete(List.of())) {
                  vertx.cancelTimer(timer);
                }
              });
    }
    return promise.future();
  }

  @Override
  public List<String> notReady() {
    return readiness.reasons();
  }

  @Override
  public String metrics() {
    return meters.scrape();
  }

  @Override
  public JsonObject info() {
    NodeInfo self = members.self();
    JsonObject addresses = new JsonObject();
    self.getAddressesMap().forEach(addresses::put);
    JsonArray nodes = new JsonArray();
    members.nodes().stream()
        .sorted(Comparator.comparing(NodeInfo::getName))
        .forEach(
            node ->
                nodes.add(
                    new JsonObject()
                        .put("name", node.getName())
                        .put("version", node.getVersion())
                        .put("gateway", node.getGateway())
                        .put("ready", node.getReady())
                        .put("draining", node.getDraining())
                        .put("lanes", node.getLanes())));
    return new JsonObject()
        .put("name", self.getName())
        .put("version", self.getVersion())
        .put("node_id", self.getNodeId())
        .put("incarnation", Long.toString(self.getIncarnation()))
        .put("started_at", Instant.ofEpochMilli(self.getStartedAt()).toString())
        .put("ready", readiness.isReady())
        .put("lanes", lanes.size())
        .put("addresses", addresses)
        .put("members", nodes)
        .put("cluster", cluster(members.size()))
        .put("jvm", jvm());
  }

  private static JsonObject cluster(ClusterSize size) {
    return new JsonObject()
        .put("size", size.size())
        .put("fixed", size.isFixed())
        .put("majority", size.majority())
        .put("present", size.present())
        .put("has_majority", size.hasMajority());
  }

  private static JsonObject jvm() {
    RuntimeMXBean runtime = ManagementFactory.getRuntimeMXBean();
    return new JsonObject()
        .put("version", Runtime.version().toString())
        .put("vm", runtime.getVmName())
        .put("pid", ProcessHandle.current().pid())
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("max_heap_bytes", Runtime.getRuntime().maxMemory())
        .put("uptime_ms", runtime.getUptime());
  }
}
