package io.busbar.juniper;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The rules for the {@code data} of each known type. */
final class EnvelopeData {

  private EnvelopeData() {}

  /** The data in declared types; null = it does not fit. */
  static Map<String, Object> of(String type, Map<String, Object> frame) {
    boolean present = frame.containsKey("data");
    Map<String, Object> sent = Envelopes.asObject(frame.get("data"));
    return switch (type) {
      case "initial_metrics" -> sent == null ? null : initialMetrics(sent);
      case "chunked_message" -> sent == null ? null : chunk(sent);
      case "command_response" -> sent == null ? null : commandResponse(sent);
      case "connection_established" -> connection(present, frame.get("data"), sent);
      default -> present ? sent : Map.of();
    };
  }

  private static Map<String, Object> initialMetrics(Map<String, Object> sent) {
    Object metrics = sent.getOrDefault("metrics", List.of());
    Long count = Loose.toLong(sent.get("count"));
    Long current = Loose.toLong(sent.getOrDefault("current_seq", 0L));
    if (!(metrics instanceof List<?>) || count == null || current == null) {
      return null;
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("metrics", metrics);
    data.put("count", count);
    data.put("current_seq", current);
    return data;
  }

  private static Map<String, Object> chunk(Map<String, Object> sent) {
    Long index = Loose.toLong(sent.get("chunk_index"));
    Long total = Loose.toLong(sent.get("total_chunks"));
    if (!(sent.get("chunk_id") instanceof String id)
        || !(sent.get("original_type") instanceof String original)
        || !(sent.get("payload") instanceof String payload)
        || index == null
        || index < 0
        || total == null
        || total < 1) {
      return null;
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("chunk_id", id);
    data.put("chunk_index", index);
    data.put("total_chunks", total);
    data.put("original_type", original);
    data.put("payload", payload);
    return data;
  }

  private static Map<String, Object> commandResponse(Map<String, Object> sent) {
    Object result = sent.get("result");
    if (!(sent.get("command") instanceof String command)
        || !(sent.get("status") instanceof String status)
        || (result != null && !(result instanceof Map<?, ?>))) {
      return null;
    }
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("command", command);
    data.put("status", status);
    for (String key : List.of("command_id", "error", "code")) {
      if (!text(sent, key, data)) {
        return null;
      }
    }
    data.put("result", result);
    return data;
  }

  private static Map<String, Object> connection(
      boolean present, Object given, Map<String, Object> sent) {
    if (sent == null) {
      return present && given != null ? null : Map.of();
    }
    Map<String, Object> data = new LinkedHashMap<>();
    return text(sent, "server_version", data) && text(sent, "protocol_version", data) ? data : null;
  }

  /** Copies a string or null; false when it is neither. */
  private static boolean text(Map<String, Object> from, String key, Map<String, Object> to) {
    Object value = from.get(key);
    if (value != null && !(value instanceof String)) {
      return false;
    }
    to.put(key, value);
    return true;
  }
}
