package io.busbar.fn.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What a call JSON says of the function: the same for each of its calls.
 *
 * @param fnId may be empty, like the other ids
 * @param triggerId "" = invoked directly
 * @param image "" = left out
 * @param timeoutSeconds from slot to end; a runner takes no call without
 * @param idleTimeoutSeconds how long its container is kept; a runner takes no call without
 * @param memory megabytes, 0 = left out
 * @param config environment of the function
 * @param annotations values as in JSON
 * @param syslogUrl where its log goes, "" = left out
 */
public record CallFunction(
    String fnId,
    String appId,
    String appName,
    String triggerId,
    String image,
    int timeoutSeconds,
    int idleTimeoutSeconds,
    long memory,
    Map<String, String> config,
    Map<String, Object> annotations,
    String syslogUrl) {

  /** Seconds a function has when nobody says otherwise, as in Fn's control plane. */
  public static final int DEFAULT_TIMEOUT = 30;

  /** Megabytes a function has when nobody says otherwise, as in Fn's control plane. */
  public static final long DEFAULT_MEMORY = 128;

  public CallFunction {
    Objects.requireNonNull(fnId, "fnId");
    Objects.requireNonNull(appId, "appId");
    Objects.requireNonNull(appName, "appName");
    Objects.requireNonNull(triggerId, "triggerId");
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(syslogUrl, "syslogUrl");
    if (timeoutSeconds < 1 || idleTimeoutSeconds < 1) {
      throw new IllegalArgumentException(
          "timeout " + timeoutSeconds + ", idle_timeout " + idleTimeoutSeconds + ", expected > 0");
    }
    config = Map.copyOf(config);
    // Values may be null, which Map.copyOf refuses.
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
  }

  /** A function of which only the time is known. */
  public static CallFunction ofTimeout(int seconds) {
    return new CallFunction(
        "", "", "", "", "", seconds, DEFAULT_TIMEOUT, 0, Map.of(), Map.of(), "");
  }
}
