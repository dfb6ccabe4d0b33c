package io.busbar.fnlb;

import io.busbar.fn.wire.CallFunction;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An app and a function of the control API, made into what a call says of them.
 *
 * @param app as the API gave it
 * @param fn as the API gave it
 */
record FnApp(JsonObject app, JsonObject fn) {
  private static final int MOST_SECONDS = 86_400;

  /**
   * The function with all that its app adds: configuration and annotations, the function's own
   * overlaying the app's.
   *
   * @throws ClassCastException a field has another type than Fn's API gives it
   */
  CallFunction function(String triggerId) {
    String fnId = fn.getString("id", "");
    String appId = fn.getString("app_id", app.getString("id", ""));
    long memory = number("memory", CallFunction.DEFAULT_MEMORY, Integer.MAX_VALUE);
    Map<String, String> config = new LinkedHashMap<>();
    texts(config, app.getJsonObject("config"));
    texts(config, fn.getJsonObject("config"));
    ownConfig(config, fnId, appId, memory);
    Map<String, Object> annotations = new LinkedHashMap<>();
    values(annotations, app.getJsonObject("annotations"));
    values(annotations, fn.getJsonObject("annotations"));
    return new CallFunction(
        fnId,
        appId,
        app.getString("name", ""),
        triggerId,
        fn.getString("image", ""),
        (int) number("timeout", CallFunction.DEFAULT_TIMEOUT, MOST_SECONDS),
        (int) number("idle_timeout", CallFunction.DEFAULT_TIMEOUT, MOST_SECONDS),
        memory,
        config,
        annotations,
        app.getString("syslog_url", ""));
  }

  /** What a load balancer adds to every function's environment; always {@code sync}, Fn's way. */
  static void ownConfig(Map<String, String> config, String fnId, String appId, long memory) {
    config.put("FN_MEMORY", Long.toString(memory));
    config.put("FN_TYPE", "sync");
    config.put("FN_FN_ID", fnId);
    config.put("FN_APP_ID", appId);
  }

  private long number(String name, long standard, long most) {
    Number value = fn.getNumber(name);
    return value == null || value.longValue() < 1 ? standard : Math.min(value.longValue(), most);
  }

  private static void texts(Map<String, String> to, JsonObject from) {
    if (from != null) {
      from.forEach(entry -> to.put(entry.getKey(), String.valueOf(entry.getValue())));
    }
  }

  private static void values(Map<String, Object> to, JsonObject from) {
    if (from != null) {
      from.forEach(entry -> to.put(entry.getKey(), entry.getValue()));
    }
  }
}
