package io.busbar.fn.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.busbar.bus.v1.Header;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes {@code models_call_json} as an Fn load balancer does, for the calls of one function. What
 * is the same for all of them is written once. Immutable; any thread.
 */
public final class CallJsonWriter {
  /** A date that is not known. */
  private static final String NEVER = "0001-01-01T00:00:00.000Z";

  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_CONTENT).build();

  private final CallFunction function;
  private final byte[] constant;

  public CallJsonWriter(CallFunction function) {
    this.function = function;
    this.constant = constant(function);
  }

  public CallFunction function() {
    return function;
  }

  /**
   * The JSON of one call.
   *
   * @param id 26 characters, as {@link io.busbar.bus.CallId} writes them
   * @param url absolute
   * @param headers one entry per value, in any case; written in canonical case, values of one name
   *     together
   * @param createdMillis since the epoch
   */
  public byte[] write(
      String id,
      boolean detached,
      String method,
      String url,
      List<Header> headers,
      long createdMillis) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512 + constant.length);
    try {
      JsonGenerator json = FACTORY.createGenerator(out);
      json.writeStartObject();
      json.writeStringField("id", id);
      json.writeStringField("status", "running");
      json.writeStringField("type", detached ? "detached" : "sync");
      text(json, "url", url);
      text(json, "method", method);
      headers(json, headers);
      String created = WireDate.of(createdMillis);
      json.writeStringField("created_at", created);
      json.writeStringField("started_at", created);
      json.writeStringField("completed_at", NEVER);
      json.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.write(',');
    out.write(constant, 0, constant.length);
    out.write('}');
    return out.toByteArray();
  }

  private static void headers(JsonGenerator json, List<Header> headers) throws IOException {
    if (headers.isEmpty()) {
      return;
    }
    Map<String, List<String>> byName = new LinkedHashMap<>();
    for (Header header : headers) {
      byName
          .computeIfAbsent(HeaderNames.canonical(header.getName()), n -> new ArrayList<>(1))
          .add(header.getValue());
    }
    json.writeObjectFieldStart("headers");
    for (Map.Entry<String, List<String>> header : byName.entrySet()) {
      json.writeArrayFieldStart(header.getKey());
      for (String value : header.getValue()) {
        json.writeString(value);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  /** The members that do not change, without the braces. */
  private static byte[] constant(CallFunction f) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    try {
      JsonGenerator json = FACTORY.createGenerator(out);
      json.writeStartObject();
      text(json, "image", f.image());
      json.writeNumberField("timeout", f.timeoutSeconds());
      json.writeNumberField("idle_timeout", f.idleTimeoutSeconds());
      if (f.memory() > 0) {
        json.writeNumberField("memory", f.memory());
      }
      if (!f.config().isEmpty()) {
        json.writeObjectFieldStart("config");
        for (Map.Entry<String, String> entry : new TreeMap<>(f.config()).entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      if (!f.annotations().isEmpty()) {
        json.writeFieldName("annotations");
        value(json, f.annotations());
      }
      text(json, "syslog_url", f.syslogUrl());
      json.writeStringField("app_id", f.appId());
      json.writeStringField("app_name", f.appName());
      json.writeStringField("trigger_id", f.triggerId());
      json.writeStringField("fn_id", f.fnId());
      json.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] object = out.toByteArray();
    byte[] members = new byte[object.length - 1];
    System.arraycopy(object, 1, members, 0, members.length);
    return members;
  }

  private static void text(JsonGenerator json, String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.writeStringField(name, value);
    }
  }

  private static void value(JsonGenerator json, Object value) throws IOException {
    if (value instanceof JsonObject object) {
      value(json, object.getMap());
    } else if (value instanceof JsonArray array) {
      value(json, array.getList());
    } else if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(String.valueOf(entry.getKey()));
        value(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> list) {
      json.writeStartArray();
      for (Object item : list) {
        value(json, item);
      }
      json.writeEndArray();
    } else {
      scalar(json, value);
    }
  }

  private static void scalar(JsonGenerator json, Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof Boolean flag) {
      json.writeBoolean(flag);
    } else if (value instanceof Number number) {
      json.writeNumber(number.toString());
    } else {
      json.writeString(value.toString());
    }
  }
}
