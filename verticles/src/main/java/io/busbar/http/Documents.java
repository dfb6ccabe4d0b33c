package io.busbar.http;

import io.busbar.bus.CallId;
import io.busbar.bus.v1.CallState;
import io.busbar.bus.v1.NodeInfo;
import io.busbar.bus.v1.WorkerInfo;
import io.busbar.bus.v1.WorkerStatus;
import io.busbar.failure.Failure;
import io.busbar.registry.PoolSummary;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.TreeMap;

/**
 * JSON forms of what the API tells of. Times are RFC 3339 in UTC, left out when not known; 64-bit
 * incarnations are strings, since JSON readers lose digits above 2^53.
 */
final class Documents {
  private Documents() {}

  /** The seven core fields always, whatever the kind of worker. */
  static JsonObject worker(WorkerInfo worker) {
    return new JsonObject()
        .put("worker_id", worker.getWorkerId())
        .put("host", worker.getHost())
        .put("port", worker.getPort())
        .put("address", worker.getAddress())
        .put("status", status(worker.getStatus()))
        .put("state", worker.getState().isEmpty() ? status(worker.getStatus()) : worker.getState())
        .put("capacity", worker.getCapacity())
        .put("running_tasks", worker.getRunningTasks())
        .put("protocol", worker.getProtocol())
        .put("protocol_name", worker.getProtocolName())
        .put("engine_name", worker.getEngineName())
        .put("adapter_name", worker.getAdapterName())
        .put("pool", worker.getPool())
        .put("labels", new JsonObject(new TreeMap<>(worker.getLabelsMap())))
        .put("node", worker.getNode())
        .put("incarnation", Long.toUnsignedString(worker.getIncarnation()))
        .put("calls", worker.getCalls())
        .put("last_error", worker.getLastError());
  }

  private static String status(WorkerStatus status) {
    return switch (status) {
      case WORKER_IDLE -> "idle";
      case WORKER_BUSY -> "busy";
      case WORKER_DRAINING -> "draining";
      case WORKER_UNHEALTHY -> "unhealthy";
      case WORKER_UNKNOWN, UNRECOGNIZED -> "unknown";
    };
  }

  static JsonObject pool(PoolSummary pool) {
    return new JsonObject()
        .put("name", pool.name())
        .put("workers", pool.workers())
        .put("available", pool.available())
        .put("capacity", pool.capacity())
        .put("running_tasks", pool.running())
        .put("waiting", pool.waiting());
  }

  static JsonObject node(NodeInfo node, boolean self) {
    JsonObject json =
        new JsonObject()
            .put("name", node.getName())
            .put("node_id", node.getNodeId())
            .put("incarnation", Long.toUnsignedString(node.getIncarnation()))
            .put("lanes", node.getLanes())
            .put("gateway", node.getGateway())
            .put("ready", node.getReady())
            .put("draining", node.getDraining())
            .put("addresses", new JsonObject(new TreeMap<>(node.getAddressesMap())))
            .put("version", node.getVersion())
            .put("cluster_size", node.getClusterSize())
            .put("self", self);
    time(json, "started_at", node.getStartedAt());
    return json;
  }

  static JsonObject call(CallState call) {
    JsonObject json =
        new JsonObject()
            .put("call_id", CallId.fromWire(call.getId()).toString())
            .put("pool", call.getPool())
            .put("state", call.getState())
            .put("node", call.getNode())
            .put("worker", call.getWorker())
            .put("worker_node", call.getWorkerNode())
            .put("attempts", call.getAttempts())
            .put("detached", call.getDetached())
            .put("tenant", call.getTenant())
            .put("client_id", call.getClientId())
            .put("status", call.getStatus())
            .put("request_bytes", call.getRequestBytes())
            .put("response_bytes", call.getResponseBytes());
    time(json, "submitted_at", call.getSubmittedAt());
    time(json, "started_at", call.getStartedAt());
    time(json, "ended_at", call.getEndedAt());
    if (call.hasFailure()) {
      Failure failure = Failure.fromWire(call.getFailure());
      json.put(
          "failure",
          new JsonObject()
              .put("code", HttpProblem.codeName(failure.code()))
              .put("detail", failure.detail())
              .put("retryable", failure.retrySafe())
              .put("node", failure.node())
              .put("worker", failure.worker()));
    }
    return json;
  }

  private static void time(JsonObject json, String name, long millis) {
    if (millis != 0) {
      json.put(name, Instant.ofEpochMilli(millis).toString());
    }
  }
}
