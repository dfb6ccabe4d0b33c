package io.busbar.juniper.client;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Sends commands to {@code /ws/control}; each answer belongs to its command, in whatever order they
 * come. Commands given before the connection is there wait for it.
 */
public final class ControlClient {
  /** Commands without an answer; more are refused with BUSY. */
  public static final int MAX_PENDING = 256;

  private static final String PATH = "/ws/control";
  private static final String STATUS = "status";

  private final Vertx vertx;
  private final Link link;
  private final Map<String, Pending> pending = new LinkedHashMap<>();
  private boolean ready;
  private boolean closed;

  private record Pending(String frame, Promise<ControlAnswer> answer, long timer) {}

  /**
   * What a command was answered.
   *
   * @param success whether it was done
   * @param error what went wrong, "" = nothing
   * @param code of the error, "" = none was given
   * @param result of a command that was done; may be empty
   */
  public record ControlAnswer(
      String command, boolean success, String error, String code, Map<String, Object> result) {}

  private ControlClient(Vertx vertx, JuniperServer server) {
    this.vertx = vertx;
    this.link =
        new Link(
            vertx,
            server,
            PATH,
            new Link.Handler() {
              @Override
              public void opened() {
                // The server speaks first.
              }

              @Override
              public void text(String message) {
                received(message);
              }

              @Override
              public void binary(Buffer message) {
                received(message.toString());
              }

              @Override
              public void lost(String reason) {
                ControlClient.this.lost(reason);
              }
            });
  }

  /** Connects, and again whenever the connection breaks, until it is closed. */
  public static ControlClient open(Vertx vertx, JuniperServer server) {
    ControlClient client = new ControlClient(vertx, server);
    client.link.run(client.link::open);
    return client;
  }

  /**
   * Sends a command. Fails with DEADLINE_EXCEEDED when no answer comes in time and with UNAVAILABLE
   * when the connection breaks after it was sent (it may have been done in both cases), with BUSY
   * when too many wait. An answer that says error is an answer.
   *
   * @param params may be empty
   */
  public Future<ControlAnswer> command(String name, Map<String, Object> params, Duration limit) {
    Promise<ControlAnswer> answer = Promise.promise();
    String id = UUID.randomUUID().toString();
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", "command");
    frame.put("command", name);
    frame.put("command_id", id);
    if (!params.isEmpty()) {
      frame.put("params", params);
    }
    String text = JuniperJson.write(frame);
    link.run(() -> send(id, name, text, limit, answer));
    return answer.future();
  }

  private void send(
      String id, String name, String text, Duration limit, Promise<ControlAnswer> answer) {
    if (closed) {
      fail(answer, FailureCode.UNAVAILABLE, "the client is closed");
      return;
    }
    if (pending.size() >= MAX_PENDING) {
      fail(answer, FailureCode.BUSY, pending.size() + " commands wait for their answers");
      return;
    }
    long timer =
        vertx.setTimer(
            Math.max(1, limit.toMillis()),
            t -> {
              pending.remove(id);
              fail(
                  answer,
                  FailureCode.DEADLINE_EXCEEDED,
                  "command '" + name + "' was not answered within " + limit.toMillis() + " ms");
            });
    boolean sent = ready && link.send(text);
    pending.put(id, new Pending(sent ? "" : text, answer, timer));
  }

  private static void fail(Promise<ControlAnswer> answer, FailureCode code, String detail) {
    answer.tryFail(Failure.of(code, detail).toException());
  }

  private void received(String text) {
    Object read;
    try {
      read = JuniperJson.read(text);
    } catch (JsonException e) {
      link.restart("the server sends what is no JSON");
      return;
    }
    if (!(read instanceof Map<?, ?> message)) {
      link.restart("the server sends JSON that is no object");
      return;
    }
    Object type = message.get("type");
    if ("ping".equals(type)) {
      link.send("{\"type\":\"pong\"}");
    } else if ("connection_established".equals(type)) {
      established();
    } else if ("command_response".equals(type)) {
      // The answer to too many commands has its fields in the message itself.
      answered(message.get("data") instanceof Map<?, ?> data ? data : message);
    }
  }

  private void established() {
    ready = true;
    link.settled();
    Map<String, Pending> waiting = new LinkedHashMap<>();
    pending.replaceAll(
        (id, one) -> {
          if (one.frame().isEmpty()) {
            return one;
          }
          waiting.put(id, one);
          return new Pending("", one.answer(), one.timer());
        });
    waiting.values().forEach(one -> link.send(one.frame()));
  }

  private void answered(Map<?, ?> data) {
    Pending one = data.get("command_id") instanceof String id ? pending.remove(id) : null;
    if (one == null) {
      return;
    }
    vertx.cancelTimer(one.timer());
    Map<String, Object> result = new LinkedHashMap<>();
    if (data.get("result") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> result.put(String.valueOf(key), value));
    }
    boolean success = "success".equals(data.get(STATUS));
    String error = success ? "" : text(data.get("error"), text(data.get(STATUS), "error"));
    String code = success ? "" : text(data.get("code"), "");
    if ("rate_limited".equals(data.get(STATUS))) {
      code = "rate_limited";
    }
    one.answer()
        .tryComplete(
            new ControlAnswer(text(data.get("command"), ""), success, error, code, result));
  }

  private static String text(Object value, String otherwise) {
    return value instanceof String text ? text : otherwise;
  }

  /** What was sent is lost, what was not is sent on the next connection. */
  private void lost(String reason) {
    ready = false;
    List<String> sent = new ArrayList<>();
    pending.forEach(
        (id, one) -> {
          if (one.frame().isEmpty() || closed) {
            sent.add(id);
          }
        });
    for (String id : sent) {
      Pending one = pending.remove(id);
      vertx.cancelTimer(one.timer());
      fail(one.answer(), FailureCode.UNAVAILABLE, "the control connection is lost: " + reason);
    }
  }

  /** What has no answer fails. */
  public Future<Void> close() {
    Promise<Void> done = Promise.promise();
    link.run(
        () -> {
          closed = true;
          lost("closed by its client");
          link.close().onComplete(done);
        });
    return done.future();
  }
}
