package io.busbar.gateway.config;

import io.busbar.edge.HttpOptions;
import io.busbar.fn.wire.CallFunction;
import io.busbar.fnlb.ConfiguredFunction;
import io.busbar.fnlb.ControlApiOptions;
import io.busbar.fnlb.FnLbOptions;
import java.util.List;
import java.util.Map;

/** {@code fn-lb.*} as Fn's load balancer surface takes it. */
final class FnLbSettings {

  private FnLbSettings() {}

  @SuppressWarnings("unchecked") // the reference says: a map of text
  static FnLbOptions options(Config c, String version) {
    return new FnLbOptions(
        http(c),
        api(c),
        c.list("fn-lb.functions", Map.class).stream()
            .map(function -> function((Map<String, Object>) function))
            .toList(),
        c.get("fn-lb.extensions", Map.class),
        version);
  }

  private static HttpOptions http(Config c) {
    FrontSettings front = c.front(Front.FN_LB);
    FrontSettings.Limits limits = front.limits();
    HttpOptions defaults = HttpOptions.defaults();
    return new HttpOptions(
        "fn-lb",
        front.host(),
        front.port(),
        limits.maxConnections(),
        limits.maxBody(),
        new HttpOptions.Limits(
            limits.maxStreams(),
            (int) c.size("fn-lb.max-uri"),
            limits.maxHeaderBytes(),
            c.integer("fn-lb.max-headers"),
            defaults.limits().lingerBytes(),
            c.integer("fn-lb.max-resets")),
        new HttpOptions.Times(
            limits.progressTimeout(), limits.idleTimeout(), defaults.times().linger()),
        HttpOptions.Entry.ANY_ORIGIN);
  }

  private static ControlApiOptions api(Config c) {
    return new ControlApiOptions(
        c.find("fn-lb.api.url", String.class).orElse(""),
        c.duration("fn-lb.api.timeout"),
        c.duration("fn-lb.api.cache"),
        c.duration("fn-lb.api.not-found-cache"),
        c.integer("fn-lb.api.retries"),
        c.duration("fn-lb.api.retry-pause"),
        c.integer("fn-lb.api.max-entries"),
        c.integer("fn-lb.api.max-lookups"),
        (int) c.size("fn-lb.api.max-answer"));
  }

  @SuppressWarnings("unchecked") // the reference says which types the fields have
  private static ConfiguredFunction function(Map<String, Object> f) {
    return new ConfiguredFunction(
        (String) f.get("id"),
        (String) f.get("app"),
        (String) f.getOrDefault("app_id", ""),
        (String) f.getOrDefault("image", ""),
        (Integer) f.getOrDefault("timeout", CallFunction.DEFAULT_TIMEOUT),
        (Integer) f.getOrDefault("idle_timeout", CallFunction.DEFAULT_TIMEOUT),
        ((Number) f.getOrDefault("memory", CallFunction.DEFAULT_MEMORY)).longValue(),
        (Map<String, String>) f.getOrDefault("config", Map.of()),
        (Map<String, Object>) f.getOrDefault("annotations", Map.of()),
        (List<String>) f.getOrDefault("triggers", List.of()),
        (String) f.getOrDefault("syslog_url", ""));
  }
}
