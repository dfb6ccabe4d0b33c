package io.busbar.http;

import io.busbar.channel.Channels;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
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
  private final Channels channels;
  private final String channel;

  TransportApi(MeterRegistry registry, Channels channels, String channel) {
    this.registry = registry;
    this.channels = channels;
    this.channel = channel;
  }

  /** The numbers are the channel's, also on a node that nobody watches at. */
  Future<Reply> show(RoutingContext context) {
    return channels
        .find(channel)
        .map(now -> report(now.next() - 1, now.next() - now.first()))
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.NOT_FOUND
                    ? Future.succeededFuture(report(0, 0))
                    : Future.failedFuture(cause));
  }

  private Reply report(long newest, long kept) {
    JsonObject byType = new JsonObject();
    for (Counter counter : registry.find("cascor.ws.messages.sent").counters()) {
      long sent = (long) counter.count();
      if (sent > 0) {
        byType.put(counter.getId().getTag("type"), sent);
      }
    }
    long capacity = gauge("cascor.ws.replay.buffer.capacity", null);
    JsonObject data =
        new JsonObject()
            .put("active_connections", gauge("cascor.ws.connections.active", "training"))
            .put("current_seq", newest)
            .put("messages_sent_by_type", byType)
            .put("send_failures", count("cascor.ws.broadcast.timeout"))
            .put("messages_chunked_total", count("cascor.ws.messages.chunked"))
            .put("unserializable_messages_total", count("cascor.ws.unserializable.messages"))
            .put("replay_buffer_capacity", capacity)
            .put("replay_buffer_occupancy", Math.min(kept, capacity))
            .put("resume_requests_total", count("cascor.ws.resume.requests"));
    return Reply.ok(new JsonObject().put("status", "success").put("data", data).toBuffer());
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
