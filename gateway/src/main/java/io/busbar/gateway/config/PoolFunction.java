package io.busbar.gateway.config;

import static io.busbar.gateway.config.Types.TEXT;
import static io.busbar.gateway.config.Types.duration;
import static io.busbar.gateway.config.Types.integer;
import static io.busbar.gateway.config.Types.text;

import io.busbar.fn.wire.CallFunction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * {@code pools.NAME.function.*}: the function that a pool's dialled runners are told of when a call
 * brings no call JSON of its own.
 */
final class PoolFunction {
  private static final KeyType ID =
      text("name", "letters, digits, '-', '_', '.' and '~'", "[A-Za-z0-9._~-]{1,255}");
  private static final Pattern VARIABLE = Pattern.compile("[!-~]{1,128}");
  private static final String LEFT_OUT = "left out";

  private PoolFunction() {}

  static void define(KeyList k, String pool) {
    String function = pool + "function.";
    k.open(
        function + "image",
        TEXT,
        LEFT_OUT,
        "Image that an Fn runner starts for calls that do not name one, as those over HTTP.");
    k.open(function + "id", ID, LEFT_OUT, "Id of their function.");
    k.open(function + "app-id", ID, LEFT_OUT, "Id of its app.");
    k.open(function + "app-name", ID, LEFT_OUT, "Name of its app.");
    k.key(
        function + "memory",
        integer(1, 1_000_000, "MB"),
        Long.toString(CallFunction.DEFAULT_MEMORY),
        "Its memory; told when the function has a key that is not left at its default.");
    k.key(
        function + "idle-timeout",
        duration("1s", "1h"),
        "30s",
        "How long a runner keeps its idle container.");
    k.secret(
        function + "config",
        new MapType("names", VARIABLE, TEXT),
        "none",
        "Its environment; FN_MEMORY, FN_TYPE, FN_FN_ID and FN_APP_ID are added.");
    k.open(function + "syslog-url", TEXT, LEFT_OUT, "Where its log goes.");
  }

  /**
   * What is said of the function. A pool that names nothing of it says only the times, without
   * which no runner takes a call.
   *
   * @param timeout of calls that name none
   */
  static CallFunction of(Config c, String pool, Duration timeout) {
    String function = pool + "function.";
    int seconds = seconds(timeout);
    int idle = seconds(c.duration(function + "idle-timeout"));
    Map<String, String> environment = new LinkedHashMap<>();
    Map<?, ?> config = c.find(function + "config", Map.class).orElse(Map.of());
    config.forEach((name, value) -> environment.put(name.toString(), value.toString()));
    String image = said(c, function + "image");
    String id = said(c, function + "id");
    String appId = said(c, function + "app-id");
    String appName = said(c, function + "app-name");
    String syslog = said(c, function + "syslog-url");
    int memory = c.integer(function + "memory");
    boolean described =
        memory != CallFunction.DEFAULT_MEMORY
            || !environment.isEmpty()
            || !(image + id + appId + appName + syslog).isEmpty();
    if (!described) {
      return new CallFunction("", "", "", "", "", seconds, idle, 0, Map.of(), Map.of(), "");
    }
    environment.put("FN_MEMORY", Integer.toString(memory));
    environment.put("FN_TYPE", "sync");
    environment.put("FN_FN_ID", id);
    environment.put("FN_APP_ID", appId);
    return new CallFunction(
        id, appId, appName, "", image, seconds, idle, memory, environment, Map.of(), syslog);
  }

  private static String said(Config c, String key) {
    return c.find(key, String.class).orElse("");
  }

  /** Whole seconds, rounded up: the call JSON knows nothing finer, and 0 fails a call. */
  private static int seconds(Duration span) {
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (span.toMillis() + 999) / 1000));
  }
}
