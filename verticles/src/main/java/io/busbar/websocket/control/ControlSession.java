package io.busbar.websocket.control;

import io.busbar.bus.v1.CommandReply;
import io.busbar.command.CommandRequest;
import io.busbar.edge.MessageSocket;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.ControlFrames;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.busbar.juniper.ParameterRules;
import io.busbar.juniper.training.TrainingFrames;
import io.busbar.websocket.Heartbeat;
import io.vertx.core.AsyncResult;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the control endpoint. Each of its commands gets one answer with its own id; they
 * are done at once, not one after the other. What it does not read stops what it may say. On the
 * lane's context.
 */
final class ControlSession implements MessageSocket.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSession.class);
  private static final String UNKNOWN = "unknown";
  private static final String OTHER = "other";
  private static final String FAILED = "Command execution failed";
  private static final int MOST_BYTES = 1 << 20;

  private final ControlLane home;
  private final MessageSocket socket;
  private final Heartbeat heartbeat;
  private final TokenBucket bucket;
  private boolean paused;

  ControlSession(ControlLane home, MessageSocket socket) {
    this.home = home;
    this.socket = socket;
    ControlOptions options = home.options();
    long now = home.lane().now();
    this.heartbeat =
        new Heartbeat(
            options.times().heartbeat().toMillis(), options.times().pong().toMillis(), now);
    this.bucket = new TokenBucket(options.sizes().burst(), options.sizes().rate(), now);
  }

  void greet() {
    socket.text(ControlFrames.connectionEstablished(unixSeconds()));
  }

  private static double unixSeconds() {
    return System.currentTimeMillis() / 1e3;
  }

  // ---- what comes in ----

  @Override
  public void text(String message) {
    heartbeat.heard(home.lane().now());
    int most = home.options().sizes().text();
    if (message.length() > most && message.codePointCount(0, message.length()) > most) {
      refuse(UNKNOWN, null, "Message too large", null);
      return;
    }
    Object read;
    try {
      read = JuniperJson.read(message);
    } catch (JsonException e) {
      refuse(UNKNOWN, null, "Invalid JSON", null);
      socket.close(MessageSocket.UNSUPPORTED_DATA, "Malformed JSON");
      return;
    }
    if (read instanceof Map<?, ?> frame) {
      received(frame);
    } else {
      refuse(UNKNOWN, null, "Invalid JSON: expected object", ControlFrames.INVALID_MESSAGE);
    }
  }

  @Override
  public void binary(Buffer message) {
    heartbeat.heard(home.lane().now());
    refuse(UNKNOWN, null, "Invalid message: expected text", ControlFrames.INVALID_MESSAGE);
  }

  private void received(Map<?, ?> frame) {
    if ("pong".equals(frame.get("type"))) {
      return;
    }
    Object id = frame.get("command_id");
    Object name = frame.containsKey("command") ? frame.get("command") : "";
    if (!(name instanceof String command) || (id != null && !(id instanceof String))) {
      String field = name instanceof String ? "command_id" : "command";
      refuse(
          UNKNOWN,
          id instanceof String text ? text : null,
          "Invalid message: " + field + " is no string",
          ControlFrames.INVALID_MESSAGE);
      return;
    }
    String commandId = (String) id;
    ControlCommand known = ControlCommand.of(command);
    home.meters().received(label(known));
    long now = home.lane().now();
    if (!bucket.take(now)) {
      home.meters().answered(label(known), ControlFrames.RATE_LIMITED);
      answer(ControlFrames.rateLimited(unixSeconds(), command, commandId, bucket.secondsLeft(now)));
    } else if (known == null) {
      refuse(command, commandId, "Unknown command: " + command, ControlFrames.UNKNOWN_COMMAND);
    } else {
      execute(known, commandId, frame.get("params"));
    }
  }

  // ---- commands ----

  private void execute(ControlCommand command, String id, Object given) {
    Map<?, ?> params = given instanceof Map<?, ?> map ? map : Map.of();
    if (command == ControlCommand.SET_PARAMS) {
      if (!(given instanceof Map<?, ?>) || params.isEmpty()) {
        refuse(command, id, FAILED, null);
        return;
      }
      ParameterRules.Checked checked = ParameterRules.check(params);
      if (checked.fault() != null) {
        LOG.debug("set_params refused, {}", checked.fault());
        refuse(command, id, "Invalid parameters", ControlFrames.INVALID_PARAMS);
        return;
      }
      params = checked.accepted();
    }
    Buffer body = params.isEmpty() ? Buffer.buffer() : Buffer.buffer(JuniperJson.write(params));
    home.commands()
        .send(
            CommandRequest.of(home.options().target(), command.wireName(), body)
                .withTimeout(command.timeout(home.options().times())))
        .reply()
        .onComplete(done -> executed(command, id, done));
  }

  private void executed(ControlCommand command, String id, AsyncResult<CommandReply> done) {
    if (done.failed()) {
      failed(command, id, Failure.of(done.cause()));
      return;
    }
    Map<String, Object> result = result(command, done.result().getResult().toStringUtf8());
    if (result == null) {
      LOG.warn("the result of {} is no JSON object", command.wireName());
      refuse(command, id, FAILED, null);
      return;
    }
    String text = ControlFrames.success(unixSeconds(), command.wireName(), id, result);
    if (tooLarge(text)) {
      LOG.warn("the result of {} is more than a client takes", command.wireName());
      refuse(command, id, FAILED, null);
      return;
    }
    home.meters().answered(command.wireName(), "success");
    answer(text);
  }

  /** A larger message ends the connection of the reference's own clients. */
  private static boolean tooLarge(String text) {
    return text.length() > MOST_BYTES / 3
        && text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES;
  }

  /** Null = it is none. */
  private static Map<String, Object> result(ControlCommand command, String text) {
    if (text.isEmpty() || text.equals("null")) {
      return command.result(unixSeconds());
    }
    try {
      if (JuniperJson.read(text) instanceof Map<?, ?> map) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> result.put(String.valueOf(key), value));
        return result;
      }
    } catch (JsonException e) {
      LOG.debug("a result cannot be read", e);
    }
    return null;
  }

  private void failed(ControlCommand command, String id, Failure failure) {
    if (failure.code() == FailureCode.NO_HANDLER) {
      refuse(command, id, "Lifecycle manager not available", null);
    } else if (failure.code() == FailureCode.DEADLINE_EXCEEDED) {
      double seconds = command.timeout(home.options().times()).toMillis() / 1e3;
      refuse(
          command, id, String.format(Locale.ROOT, "Command timed out after %.1fs", seconds), null);
    } else {
      LOG.debug("{} failed: {}", command.wireName(), failure);
      refuse(command, id, FAILED, null);
    }
  }

  // ---- answers ----

  private static String label(ControlCommand command) {
    return command == null ? OTHER : command.wireName();
  }

  private void refuse(ControlCommand command, String id, String error, String code) {
    refuse(command.wireName(), id, error, code);
  }

  private void refuse(String command, String id, String error, String code) {
    home.meters().answered(label(ControlCommand.of(command)), "error");
    answer(ControlFrames.error(unixSeconds(), command, id, error, code));
  }

  private void answer(String text) {
    socket.text(text);
    if (!paused && socket.writeQueueFull()) {
      paused = true;
      socket.pause();
    }
  }

  @Override
  public void drained() {
    if (paused) {
      paused = false;
      socket.resume();
    }
  }

  // ---- time and the end ----

  void look(long now) {
    long idle = home.options().times().idle().toMillis();
    if (idle > 0 && now - heartbeat.heard() >= idle) {
      socket.close(MessageSocket.NORMAL, "Idle timeout");
      return;
    }
    switch (heartbeat.due(now)) {
      case PING -> socket.text(TrainingFrames.ping(unixSeconds()));
      case DEAD -> socket.close(MessageSocket.INTERNAL_ERROR, heartbeat.reason());
      case NOTHING -> {}
    }
  }

  void restart() {
    socket.close(MessageSocket.RESTART, "");
  }

  @Override
  public void closed() {
    home.ended(this);
  }
}
