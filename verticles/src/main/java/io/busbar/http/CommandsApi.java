package io.busbar.http;

import io.busbar.command.CommandJson;
import io.busbar.command.CommandRequest;
import io.busbar.command.Commands;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.http.ApiRouter.Reply;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** Commands to targets. */
final class CommandsApi {
  /** Params may take as much, and JSON around them a little more. */
  private static final long LARGEST_BODY = CommandRequest.MAX_BYTES + 65_536;

  private static final Set<String> FIELDS = Set.of("name", "params", "timeout");

  private static final String NULL = "null";

  private final Commands commands;

  CommandsApi(Commands commands) {
    this.commands = commands;
  }

  Future<Reply> targets(RoutingContext context) {
    JsonArray targets = new JsonArray();
    commands.targets().forEach(targets::add);
    return Future.succeededFuture(Reply.ok(new JsonObject().put("targets", targets).toBuffer()));
  }

  Future<Reply> send(RoutingContext context) {
    HttpServerRequest request = context.request();
    String target = context.pathParam("target");
    String key = request.getHeader("idempotency-key");
    return RequestBody.read(request, LARGEST_BODY)
        .compose(
            body -> {
              CommandRequest command = command(target, body).withKey(key == null ? "" : key);
              Commands.Sent sent = commands.send(command);
              request.response().closeHandler(gone -> sent.cancel());
              return sent.reply();
            })
        .map(
            reply -> {
              String result =
                  reply.getResult().isEmpty()
                      ? NULL
                      : CommandJson.value(reply.getResult().toStringUtf8());
              String node = Json.encode(reply.getNode());
              return Reply.ok(Buffer.buffer("{\"result\":" + result + ",\"node\":" + node + "}"));
            })
        .recover(
            cause ->
                Future.failedFuture(
                    cause instanceof DecodeException
                        ? Failure.of(FailureCode.HANDLER_FAILED, "the handler's result is not JSON")
                            .toException()
                        : cause));
  }

  private static CommandRequest command(String target, Buffer body) {
    Map<String, String> json;
    try {
      json = CommandJson.members(body.toString());
    } catch (DecodeException e) {
      throw invalid("the body is not a JSON object, expected {name, params, timeout}");
    }
    for (String field : json.keySet()) {
      if (!FIELDS.contains(field)) {
        throw invalid(
            "unknown field '" + Failure.shorten(field, 40) + "', expected name, params, timeout");
      }
    }
    if (!(value(json, "name") instanceof String name)) {
      throw invalid("name is missing or no text");
    }
    String params = json.getOrDefault("params", NULL);
    Buffer sent = params.equals(NULL) ? Buffer.buffer() : Buffer.buffer(params);
    CommandRequest command = CommandRequest.of(target, name, sent);
    Object timeout = value(json, "timeout");
    return timeout == null ? command : command.withTimeout(timeout(timeout));
  }

  private static Object value(Map<String, String> json, String field) {
    try {
      return Json.decodeValue(json.getOrDefault(field, NULL));
    } catch (DecodeException e) {
      throw invalid(field + " cannot be read");
    }
  }

  /** Milliseconds, or a text like 500ms, 30s, 5m. */
  private static Duration timeout(Object value) {
    if (value instanceof Integer || value instanceof Long) {
      return Duration.ofMillis(((Number) value).longValue());
    }
    String text = String.valueOf(value);
    if (!(value instanceof String) || !text.matches("[0-9]{1,12}(ms|s|m|h)")) {
      throw invalid(
          "timeout is '"
              + Failure.shorten(text, 40)
              + "', expected milliseconds or a text like 500ms, 30s, 5m");
    }
    int unit = text.endsWith("ms") ? 2 : 1;
    long number = Long.parseLong(text.substring(0, text.length() - unit));
    return switch (text.substring(text.length() - unit)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }

  private static RuntimeException invalid(String detail) {
    return Failure.of(FailureCode.INVALID_REQUEST, detail).toException();
  }
}
