package io.busbar.juniper;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Checks frames of the training and control streams. Whatever a peer sends comes out as an {@link
 * Envelope}: a known one, or an unknown one that keeps what could be read. Never throws. Where the
 * reference raises (a type that is no string, numbers beyond a double) the result is an unknown
 * envelope labelled {@code ""} with timestamp 0. Thread-safe.
 */
public final class Envelopes {
  /** The types that a frame can be known by. */
  public static final Set<String> TYPES =
      Set.of(
          "metrics",
          "state",
          "topology",
          "event",
          "cascade_add",
          "candidate_progress",
          "initial_metrics",
          "chunked_message",
          "command_response",
          "connection_established");

  private static final Set<String> OWN_KEYS =
      Set.of("type", "timestamp", "data", "seq", "emitted_at_monotonic");

  private final UnknownLabels labels;

  public Envelopes(UnknownLabels labels) {
    this.labels = labels;
  }

  /**
   * Checks a parsed frame.
   *
   * @param frame as {@link JuniperJson#read(String)} gives it; anything but an object counts as an
   *     empty one
   */
  public Envelope validate(Object frame) {
    Map<String, Object> object = asObject(frame);
    if (object == null) {
      object = Map.of();
    }
    if (object.get("type") instanceof String type && TYPES.contains(type)) {
      Envelope known = known(type, object);
      if (known != null) {
        return known;
      }
    }
    return unknown(object);
  }

  private static Envelope known(String type, Map<String, Object> object) {
    Double timestamp = Loose.toDouble(object.get("timestamp"));
    if (timestamp == null) {
      return null;
    }
    Object sentSeq = object.get("seq");
    Long seq = sentSeq == null ? null : Loose.toLong(sentSeq);
    Object sentEmitted = object.get("emitted_at_monotonic");
    Double emitted = sentEmitted == null ? null : Loose.toDouble(sentEmitted);
    if ((sentSeq != null && seq == null) || (sentEmitted != null && emitted == null)) {
      return null;
    }
    Map<String, Object> data = EnvelopeData.of(type, object);
    if (data == null) {
      return null;
    }
    Map<String, Object> extra = new LinkedHashMap<>(object);
    extra.keySet().removeAll(OWN_KEYS);
    return new Envelope(type, true, timestamp, data, seq, emitted, extra);
  }

  private Envelope unknown(Map<String, Object> object) {
    Object type = object.get("type");
    String label = labels.label(type instanceof String text ? text : "");
    Double timestamp = Loose.toDouble(object.get("timestamp"));
    Map<String, Object> data = asObject(object.get("data"));
    Object emitted = object.get("emitted_at_monotonic");
    return new Envelope(
        label,
        false,
        timestamp == null ? 0 : timestamp,
        data == null ? Map.of() : data,
        strictSeq(object.get("seq")),
        emitted instanceof Number || emitted instanceof Boolean ? Loose.toDouble(emitted) : null,
        Map.of());
  }

  /** In an unknown frame only a true integer counts, or a boolean as 1 or 0. */
  private static Long strictSeq(Object seq) {
    return seq instanceof Long || seq instanceof Integer || seq instanceof Boolean
        ? Loose.toLong(seq)
        : null;
  }

  @SuppressWarnings("unchecked") // keys of a JSON object are strings
  static Map<String, Object> asObject(Object value) {
    return value instanceof Map<?, ?> ? (Map<String, Object>) value : null;
  }
}
