package io.busbar.websocket.training;

import io.busbar.juniper.JsonException;
import io.busbar.juniper.JuniperJson;
import java.math.BigInteger;
import java.util.Map;

/**
 * A client's wish to go on after a frame.
 *
 * @param lastSeq number of the last frame it has; null = not said, or no whole number
 * @param instance that it came from; null = not said
 */
record ResumeRequest(Long lastSeq, String instance) {

  /** The first frame of a client, as far as it is a resume; null = it is none. */
  static ResumeRequest of(String text) {
    Object read;
    try {
      read = JuniperJson.read(text);
    } catch (JsonException e) {
      // Whatever else a client says first only means that it wants to begin.
      return null;
    }
    if (!(read instanceof Map<?, ?> frame) || !"resume".equals(frame.get("type"))) {
      return null;
    }
    Map<?, ?> data = frame.get("data") instanceof Map<?, ?> given ? given : Map.of();
    Object instance = data.get("server_instance_id");
    return new ResumeRequest(
        number(data.get("last_seq")), instance == null ? null : instance.toString());
  }

  private static Long number(Object value) {
    if (value instanceof BigInteger far) {
      return far.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return value instanceof Long number ? number : null;
  }

  boolean isMalformed() {
    return lastSeq == null || instance == null;
  }
}
