package io.busbar.http;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.ownership.Epochs;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client says about a key.
 *
 * @param host "" = not said
 * @param incarnation -1 = not said
 * @param ttlMillis -1 = not said
 * @param state null = not said
 * @param target host a sealed key is for, "" = any
 */
record OwnerBody(String host, long incarnation, long ttlMillis, String state, String target) {
  private static final Set<String> FIELDS = Set.of("host", "incarnation", "ttl", "state", "target");
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");
  private static final long SHORTEST_TTL = 1000;
  private static final long LONGEST_TTL = 86_400_000;

  static OwnerBody read(Buffer body) {
    JsonObject json;
    try {
      json = body.length() == 0 ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException | ClassCastException e) {
      throw invalid(
          "the body is not a JSON object, expected {host, incarnation, ttl, state, target}");
    }
    for (String field : json.fieldNames()) {
      if (!FIELDS.contains(field)) {
        throw invalid(
            "unknown field '"
                + Failure.shorten(field, 40)
                + "', expected host, incarnation, ttl, state, target");
      }
    }
    String state = text(json, "state");
    if (!state.isEmpty() && !state.equals("sealed") && !state.equals("owned")) {
      throw invalid("state is '" + Failure.shorten(state, 40) + "', expected sealed or owned");
    }
    return new OwnerBody(
        text(json, "host"),
        incarnation(json),
        ttl(text(json, "ttl")),
        state.isEmpty() ? null : state,
        text(json, "target"));
  }

  private static String text(JsonObject json, String field) {
    Object value = json.getValue(field);
    if (value != null && !(value instanceof String)) {
      throw invalid(field + " is '" + Failure.shorten(value.toString(), 40) + "', expected a text");
    }
    return value == null ? "" : (String) value;
  }

  private static long incarnation(JsonObject json) {
    Object value = json.getValue("incarnation");
    if (value == null) {
      return -1;
    }
    boolean whole = value instanceof Integer || value instanceof Long;
    long number = whole ? ((Number) value).longValue() : -1;
    if (number < 0 || number > Epochs.LARGEST) {
      throw invalid(
          "incarnation is '"
              + Failure.shorten(value.toString(), 40)
              + "', expected a whole number up to "
              + Epochs.LARGEST);
    }
    return number;
  }

  /** "never" = it does not lapse by itself. */
  private static long ttl(String text) {
    if (text.isEmpty()) {
      return -1;
    } else if (text.equals("never")) {
      return 0;
    }
    Matcher parts = DURATION.matcher(text);
    long millis = -1;
    if (parts.matches()) {
      long unit =
          switch (parts.group(2)) {
            case "ms" -> 1;
            case "s" -> 1000;
            case "m" -> 60_000;
            default -> 3_600_000;
          };
      millis = Long.parseLong(parts.group(1)) * unit;
    }
    if (millis < SHORTEST_TTL || millis > LONGEST_TTL) {
      throw invalid(
          "ttl is '" + Failure.shorten(text, 40) + "', expected 1s to 24h, such as 30s, or never");
    }
    return millis;
  }

  /** A number for a text that a client chose; 0 = none. */
  static long requestId(String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      long id = ByteBuffer.wrap(digest).getLong();
      return id == 0 ? 1 : id;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static RuntimeException invalid(String detail) {
    return Failure.of(FailureCode.INVALID_REQUEST, detail).toException();
  }
}
