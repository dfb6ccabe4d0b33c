package io.busbar.gateway.config;

import io.busbar.routing.Route;
import io.busbar.runner.RunnerOptions;
import io.busbar.runner.StatusOptions;
import java.util.List;
import java.util.Map;

/** {@code runner.*} and {@code routes} as the runner front side takes them. */
final class RunnerSettings {

  private RunnerSettings() {}

  static RunnerOptions options(Config c) {
    FrontSettings front = c.front(Front.RUNNER);
    return new RunnerOptions(
        front.host(),
        front.port(),
        c.integer("runner.max-resets"),
        c.duration("runner.resets-window").toMillis(),
        c.integer("runner.max-idle-frames"),
        (int) c.size("runner.max-message"),
        front.limits().maxBody(),
        front.limits().maxStreams(),
        c.integer("runner.max-calls"),
        c.integer("runner.max-calls-per-connection"),
        c.integer("runner.max-waiting"),
        front.limits().maxConnections(),
        front.limits().maxHeaderBytes(),
        (int) c.size("runner.stream-window"),
        (int) c.size("runner.connection-window"),
        c.size("runner.partial-messages"),
        c.duration("runner.handshake-timeout").toMillis(),
        front.limits().progressTimeout().toMillis(),
        front.limits().idleTimeout().toMillis(),
        c.node().drainTimeout().toMillis(),
        c.flag("runner.detached"),
        status(c),
        c.find("runner.configure-hook", String.class).orElse(""),
        c.find("runner.logs-hook", String.class).orElse(""));
  }

  private static StatusOptions status(Config c) {
    return new StatusOptions(
        c.find("runner.status.pool", String.class).orElse(""),
        c.find("runner.status.image", String.class).orElse(""),
        c.find("runner.status.health-hook", String.class).orElse(""),
        c.find("runner.status.barrier-file", String.class).orElse(""),
        c.duration("runner.status.timeout").toMillis(),
        c.duration("runner.status.bound").toMillis(),
        c.duration("runner.status.cache").toMillis(),
        (int) c.size("runner.status.max-answer"));
  }

  @SuppressWarnings("unchecked") // the reference says: a map of text
  static List<Route> routes(Config c) {
    return c.list("routes", Map.class).stream()
        .map(r -> new Route((Map<String, String>) r.get("match"), (String) r.get("pool")))
        .toList();
  }
}
