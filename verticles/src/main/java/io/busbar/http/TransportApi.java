package io.busbar.http;

import io.busbar.http.ApiRouter.Reply;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What the training stream of this node has done, in the fields of juniper-cascor. */
final class TransportApi {
  private final MeterRegistry registry;

  TransportApi(MeterRegistry registry) {
    this.registry = registry;
  }

  Future<Reply> show(RoutingContext context) {
    JsonObject byType = new JsonObject();
    for (Counter counter : registry.find("cascor.ws.messages.sent").counters()) {
      long sent = (long) counter.count();
      if (sent > 0) {
        byType.put(counter.getId().getTag("type"), sent);
      }
    }
    JsonObject data =
        new JsonObject()
            .put("active_connections", gauge("cascor.ws.connections.active", "training"))
            .put("current_seq", gauge("cascor.ws.seq.current", null))
            .put("messages_sent_by_type", byType)
            .put("send_failures", count("cascor.ws.broadcast.timeout"))
            .put("messages_chunked_total", count("cascor.ws.messages.chunked"))
            .put("unserializable_messages_total", count("cascor.ws.unserializable.messages"))
            .put("replay_buffer_capacity", gauge("cascor.ws.replay.buffer.capacity", null))
            .put("replay_buffer_occupancy", gauge("cascor.ws.replay.buffer.occupancy", null))
            .put("resume_requests_total", count("cascor.ws.resume.requests"));
    return Future.succeededFuture(
        Reply.ok(new JsonObject().put("status", "success").put("data", data).toBuffer()));
  }

  /**
   * @param endpoint null = the meter has no such label
   */
  private long gauge(String name, String endpoint) {
    double value = 0;
    for (Gauge gauge : registry.find(name).gauges()) {
      if (endpoint == null || endpoint.equals(gauge.getId().getTag("endpoint"))) {
        value += gauge.value();
      }
    }
    return (long) value;
  }

  private long count(String name) {
    double count = 0;
    for (Counter counter : registry.find(name).counters()) {
      count += counter.count();
    }
    return (long) count;
  }
}
