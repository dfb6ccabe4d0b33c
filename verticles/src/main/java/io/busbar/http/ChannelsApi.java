package io.busbar.http;

import io.busbar.channel.Append;
import io.busbar.channel.ChannelFrame;
import io.busbar.channel.ChannelInfo;
import io.busbar.channel.Channels;
import io.busbar.channel.Snapshot;
import io.busbar.channel.Start;
import io.busbar.edge.FrontLane;
import io.busbar.edge.Headers;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** Channels: append, read, follow. */
final class ChannelsApi {
  /** The channel's own limit is smaller or equal, and checked by its sequencer. */
  private static final long LARGEST_BODY = 64 << 20;

  private static final int MOST = 10_000;
  private static final String OWN_CHANNELS = "busbar.";
  private static final String KEY = "busbar-key";
  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  private final Channels channels;
  private final EventStreams streams;

  ChannelsApi(FrontLane front, Channels channels) {
    this.channels = channels;
    this.streams = new EventStreams(front, channels);
  }

  Future<Reply> list(RoutingContext context) {
    return channels
        .list()
        .map(
            all -> {
              JsonArray list = new JsonArray();
              all.stream().map(ChannelsApi::document).forEach(list::add);
              return Reply.ok(new JsonObject().put("channels", list).toBuffer());
            });
  }

  Future<Reply> show(RoutingContext context) {
    return channels.find(name(context)).map(found -> Reply.ok(document(found).toBuffer()));
  }

  private static JsonObject document(ChannelInfo channel) {
    return new JsonObject()
        .put("name", channel.name())
        .put("epoch", channel.epoch())
        .put("instance", channel.instance())
        .put("first", channel.first())
        .put("next", channel.next())
        .put("node", channel.node())
        .put("subscribers", new JsonObject(new TreeMap<>(channel.subscribers())));
  }

  Future<Reply> append(RoutingContext context) {
    HttpServerRequest request = context.request();
    String name = name(context);
    String id = request.getHeader(IDEMPOTENCY_KEY);
    refuseOwn(name);
    String key = request.getHeader(KEY);
    String type = request.getHeader(Headers.CONTENT_TYPE);
    Long epoch = number(request, "epoch");
    Long ifOffset = number(request, "if_offset");
    if (id != null && (id.isEmpty() || id.startsWith("~"))) {
      throw invalid(
          "Idempotency-Key '" + Failure.shorten(id, 40) + "', expected a text without ~ in front");
    }
    return RequestBody.read(request, LARGEST_BODY)
        .compose(
            body -> {
              Append append = Append.of(name, body, type == null ? "" : type);
              append = key == null ? append : append.withKey(key);
              append = id == null ? append : append.withId(id);
              append =
                  ifOffset == null ? append : append.ifOffset(epoch == null ? 0 : epoch, ifOffset);
              return channels.append(append);
            })
        .map(
            done ->
                Reply.ok(
                    new JsonObject()
                        .put("epoch", done.epoch())
                        .put("offset", done.last())
                        .put("duplicate", done.duplicate())
                        .toBuffer()));
  }

  private static void refuseOwn(String name) {
    if (name.startsWith(OWN_CHANNELS)) {
      throw Failure.of(
              FailureCode.FORBIDDEN,
              "channel '" + Failure.shorten(name, 80) + "' is written by the gateway only")
          .toException();
    }
  }

  Future<Reply> snapshot(RoutingContext context) {
    return channels
        .snapshot(name(context))
        .map(
            found -> {
              JsonObject json =
                  new JsonObject()
                      .put("epoch", found.epoch())
                      .put("offset", found.offset())
                      .put("time", Instant.ofEpochMilli(found.time()).toString())
                      .put("content_type", found.contentType());
              return Reply.ok(withData(json, found.data()).toBuffer());
            });
  }

  Future<Reply> store(RoutingContext context) {
    HttpServerRequest request = context.request();
    String name = name(context);
    refuseOwn(name);
    String type = request.getHeader(Headers.CONTENT_TYPE);
    long epoch = required(request, "epoch");
    long offset = required(request, "offset");
    return RequestBody.read(request, LARGEST_BODY)
        .compose(
            body ->
                channels.store(
                    name, new Snapshot(epoch, offset, type == null ? "" : type, body, 0)))
        .map(
            stored ->
                Reply.ok(new JsonObject().put("epoch", epoch).put("offset", offset).toBuffer()));
  }

  private static long required(HttpServerRequest request, String parameter) {
    Long value = number(request, parameter);
    if (value == null) {
      throw invalid(parameter + " is missing, expected that of the last frame included");
    }
    return value;
  }

  Future<Reply> frames(RoutingContext context) {
    HttpServerRequest request = context.request();
    String name = name(context);
    Long limit = number(request, "limit");
    Long after = number(request, "after");
    if (limit != null) {
      if (limit < 1 || limit > MOST) {
        throw invalid("limit is '" + limit + "', expected 1 to " + MOST);
      }
      return channels
          .read(name, after == null ? 0 : after, limit.intValue())
          .map(
              page -> {
                JsonArray frames = new JsonArray();
                page.frames().stream().map(ChannelsApi::document).forEach(frames::add);
                return Reply.ok(
                    new JsonObject()
                        .put("epoch", page.epoch())
                        .put("instance", page.instance())
                        .put("first", page.first())
                        .put("next", page.next())
                        .put("frames", frames)
                        .toBuffer());
              });
    }
    streams.open(request, name, start(request, after));
    return Future.succeededFuture(Reply.ELSEWHERE);
  }

  private static JsonObject document(ChannelFrame frame) {
    JsonObject json =
        new JsonObject()
            .put("offset", frame.offset())
            .put("time", Instant.ofEpochMilli(frame.time()).toString())
            .put("key", frame.key())
            .put("content_type", frame.contentType());
    return withData(json, frame.data());
  }

  private static JsonObject withData(JsonObject json, Buffer data) {
    String text = EventText.text(data);
    return text == null ? json.put("base64", EventText.base64(data)) : json.put("data", text);
  }

  private static Start start(HttpServerRequest request, Long after) {
    Start resumed = resume(request);
    if (resumed != null) {
      return resumed;
    } else if (after == null) {
      return Start.NOW;
    }
    Long epoch = number(request, "epoch");
    return Start.after(epoch == null ? 0 : epoch, after);
  }

  /** Where a client left off, null = it begins. */
  static Start resume(HttpServerRequest request) {
    String last = request.getHeader("last-event-id");
    if (last != null && !last.isEmpty()) {
      String[] parts = last.split(":", -1);
      try {
        if (parts.length == 2) {
          return Start.after(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
        }
      } catch (NumberFormatException e) {
        throw badId(last);
      }
      throw badId(last);
    }
    return null;
  }

  private static RuntimeException badId(String last) {
    return invalid("Last-Event-ID '" + Failure.shorten(last, 60) + "', expected EPOCH:OFFSET");
  }

  private static Long number(HttpServerRequest request, String parameter) {
    List<String> values = request.params().getAll(parameter);
    if (values.isEmpty()) {
      return null;
    }
    long value = Headers.parseLength(values.get(0));
    if (value < 0 || values.size() > 1) {
      throw invalid(
          parameter
              + " is '"
              + Failure.shorten(String.join(",", values), 40)
              + "', expected a number of at most 18 digits");
    }
    return value;
  }

  private static RuntimeException invalid(String detail) {
    return Failure.of(FailureCode.INVALID_REQUEST, detail).toException();
  }

  private static String name(RoutingContext context) {
    return context.pathParam("name");
  }
}
