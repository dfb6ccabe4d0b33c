package io.busbar.fnlb;

import io.busbar.fn.wire.CallFunction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A function that the configuration names, so that nobody needs to be asked about it.
 *
 * @param app name of the app, the first segment of its triggers
 * @param appId "" = the name
 * @param triggers sources such as {@code /resize}, without {@code /t/{app}}
 * @param annotations values as in JSON
 */
public record ConfiguredFunction(
    String id,
    String app,
    String appId,
    String image,
    int timeoutSeconds,
    int idleTimeoutSeconds,
    long memory,
    Map<String, String> config,
    Map<String, Object> annotations,
    List<String> triggers,
    String syslogUrl) {

  public ConfiguredFunction {
    config = Map.copyOf(config);
    triggers = List.copyOf(triggers);
    for (String source : triggers) {
      if (!source.startsWith("/")) {
        throw new IllegalArgumentException(
            "fn-lb.functions, " + id + ": trigger " + source + ", expected a path like /resize");
      }
    }
  }

  FnFunction ready(String trigger) {
    String ofApp = appId.isEmpty() ? app : appId;
    Map<String, String> environment = new LinkedHashMap<>(config);
    FnApp.ownConfig(environment, id, ofApp, memory);
    return FnFunction.of(
        new CallFunction(
            id,
            ofApp,
            app,
            trigger.isEmpty() ? "" : id + ":" + trigger,
            image,
            timeoutSeconds,
            idleTimeoutSeconds,
            memory,
            environment,
            annotations,
            syslogUrl));
  }
}
