package io.busbar.juniper;

import java.util.LinkedHashMap;
import java.util.Map;

/** The texts that the server side of the control endpoint sends. Pure; times are Unix seconds. */
public final class ControlFrames {
  /** Codes of answers that are errors. */
  public static final String UNKNOWN_COMMAND = "unknown_command";

  public static final String INVALID_PARAMS = "invalid_params";
  public static final String INVALID_MESSAGE = "invalid_message";
  public static final String RATE_LIMITED = "rate_limited";

  private static final String RESPONSE = "command_response";

  private ControlFrames() {}

  /**
   * The first frame of every connection. The reference server sends it without a timestamp, which
   * its own protocol package does not know as such a frame.
   */
  public static String connectionEstablished(double timestamp) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", "connection_established");
    frame.put("timestamp", timestamp);
    frame.put("data", Map.of("channel", "control"));
    return JuniperJson.write(frame);
  }

  /**
   * @param id of the command as it was given, null = none
   * @param result left out when empty
   */
  public static String success(
      double timestamp, String command, String id, Map<String, Object> result) {
    Map<String, Object> data = data(command, "success", id);
    if (!result.isEmpty()) {
      data.put("result", result);
    }
    return JuniperJson.write(response(timestamp, data));
  }

  /**
   * @param id of the command as it was given, null = none
   * @param code null = none
   */
  public static String error(
      double timestamp, String command, String id, String error, String code) {
    Map<String, Object> data = data(command, "error", id);
    data.put("error", error);
    if (code != null) {
      data.put("code", code);
    }
    return JuniperJson.write(response(timestamp, data));
  }

  /**
   * Flat as the reference has it, and with data, so that its own client library knows whose answer
   * it is.
   *
   * @param id of the command as it was given, null = none
   * @param seconds until there is room again
   */
  public static String rateLimited(double timestamp, String command, String id, double seconds) {
    Map<String, Object> data = data(command, "error", id);
    data.put("error", "Rate limit exceeded");
    data.put("code", RATE_LIMITED);
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", RESPONSE);
    frame.put("timestamp", timestamp);
    frame.put("command", command);
    frame.put("status", RATE_LIMITED);
    frame.put("retry_after", Math.round(seconds * 10) / 10.0);
    if (id != null) {
      frame.put("command_id", id);
    }
    frame.put("data", data);
    return JuniperJson.write(frame);
  }

  private static Map<String, Object> data(String command, String status, String id) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("command", command);
    data.put("status", status);
    if (id != null) {
      data.put("command_id", id);
    }
    return data;
  }

  private static Map<String, Object> response(double timestamp, Map<String, Object> data) {
    Map<String, Object> frame = new LinkedHashMap<>();
    frame.put("type", RESPONSE);
    frame.put("timestamp", timestamp);
    frame.put("data", data);
    return frame;
  }
}
