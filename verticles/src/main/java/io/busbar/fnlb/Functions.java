package io.busbar.fnlb;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds the function that a request means: in the configuration, else at the control API. Belongs
 * to one lane.
 */
final class Functions {
  private final Map<String, FnFunction> byId = new HashMap<>();
  private final Map<String, FnFunction> byTrigger = new HashMap<>();
  private final Function<String, Future<JsonObject>> api;
  private final int maxReady;
  private final LinkedHashMap<String, Ready> ready = new LinkedHashMap<>(16, 0.75f, true);

  /** A function made from two answers of the API, good for as long as they are. */
  private record Ready(FnApp from, FnFunction function) {
    boolean isOf(FnApp other) {
      return from.app() == other.app() && from.fn() == other.fn();
    }
  }

  /**
   * @param api asked for what is not configured, cached; null = nothing else is known
   * @param maxReady how many functions of the API are kept ready
   */
  Functions(
      List<ConfiguredFunction> configured, Function<String, Future<JsonObject>> api, int maxReady) {
    this.api = api;
    this.maxReady = maxReady;
    for (ConfiguredFunction function : configured) {
      byId.put(function.id(), function.ready(""));
      for (String source : function.triggers()) {
        byTrigger.put(function.app() + source, function.ready(source));
      }
    }
  }

  /** Complete already when nobody had to be asked. Fails with NOT_FOUND or what the API said. */
  Future<FnFunction> find(FnPath path) {
    boolean trigger = path.kind() == FnPath.Kind.TRIGGER;
    FnFunction known = trigger ? byTrigger.get(path.name() + path.source()) : byId.get(path.name());
    if (known != null) {
      return Future.succeededFuture(known);
    }
    if (api == null) {
      return Future.failedFuture(
          Failure.of(
                  FailureCode.NOT_FOUND,
                  trigger
                      ? "Trigger not found: fn-lb.functions has none for app "
                          + path.name()
                          + " and source "
                          + Failure.shorten(path.source(), 80)
                      : "Function not found: fn-lb.functions has no " + path.name())
              .toException());
    }
    return trigger ? byTrigger(path) : byId(path.name());
  }

  private Future<FnFunction> byId(String id) {
    return api.apply("fns/" + id)
        .compose(fn -> api.apply("apps/" + appOf(fn)).map(app -> ready(new FnApp(app, fn), "")));
  }

  private Future<FnFunction> byTrigger(FnPath path) {
    return api.apply("apps?name=" + path.name())
        .compose(
            apps -> {
              String appId = onlyApp(apps, path.name());
              Future<JsonObject> app = api.apply("apps/" + appId);
              // The source keeps its slash behind the one that joins the segments, Fn's way.
              Future<JsonObject> trigger =
                  api.apply("runner/apps/" + appId + "/triggerBySource/http/" + path.source());
              return Future.all(app, trigger)
                  .compose(both -> byTrigger(app.result(), trigger.result()));
            });
  }

  private Future<FnFunction> byTrigger(JsonObject app, JsonObject trigger) {
    String fnId = required(trigger, "fn_id", "of a trigger");
    String id = required(trigger, "id", "of a trigger");
    return api.apply("fns/" + fnId).map(fn -> ready(new FnApp(app, fn), id));
  }

  private static String onlyApp(JsonObject apps, String name) {
    Object items = apps.getValue("items");
    if (!(items instanceof JsonArray list) || list.isEmpty()) {
      throw Failure.of(FailureCode.NOT_FOUND, "App not found: " + name).toException();
    }
    if (!(list.getValue(0) instanceof JsonObject app)) {
      throw ControlApi.unusable("to apps?name= has an item that is no object").toException();
    }
    return required(app, "id", "of an app");
  }

  private static String appOf(JsonObject fn) {
    return required(fn, "app_id", "of a function");
  }

  private static String required(JsonObject of, String name, String what) {
    if (of.getValue(name) instanceof String text && !text.isEmpty() && isPlain(text)) {
      return text;
    }
    throw ControlApi.unusable(what + " has no usable " + name).toException();
  }

  /** It becomes part of a path. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f || "/?#%\\".indexOf(c) >= 0) {
        return false;
      }
    }
    return text.length() <= 255;
  }

  private FnFunction ready(FnApp from, String triggerId) {
    String key = from.fn().getValue("id") + " " + triggerId;
    Ready known = ready.get(key);
    if (known != null && known.isOf(from)) {
      return known.function();
    }
    FnFunction made;
    try {
      made = FnFunction.of(from.function(triggerId));
    } catch (ClassCastException e) {
      throw ControlApi.unusable("has a field of another type than Fn's: " + e.getMessage())
          .toException();
    }
    ready.put(key, new Ready(from, made));
    if (ready.size() > maxReady) {
      ready.remove(ready.keySet().iterator().next());
    }
    return made;
  }
}
