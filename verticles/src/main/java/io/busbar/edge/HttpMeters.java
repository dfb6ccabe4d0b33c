package io.busbar.edge;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Meters of an HTTP front side on one lane. Labels come from fixed sets: the route's template and
 * the status class.
 */
public final class HttpMeters {
  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final MeterRegistry registry;
  private final String prefix;
  private final Map<String, Timer[]> timers = new HashMap<>();
  private final Counter refused;
  private final Counter idle;
  private final Counter stuck;
  private final Counter lingerCut;
  private final Counter requestBytes;
  private final Counter responseBytes;

  /**
   * @param section the front side's keys start with it, and its meters after "busbar."
   */
  HttpMeters(MeterRegistry registry, String section) {
    prefix = "busbar." + section + ".";
    this.registry = registry;
    refused = registry.counter(prefix + "connections.refused");
    idle = registry.counter(prefix + "connections.idle.closed");
    stuck = registry.counter(prefix + "no.progress");
    lingerCut = registry.counter(prefix + "linger.cut");
    requestBytes = registry.counter(prefix + "request.bytes");
    responseBytes = registry.counter(prefix + "response.bytes");
  }

  /**
   * An exchange ended.
   *
   * @param route template of the route, "none" = no such route
   * @param status 0 = the client left before an answer
   */
  public void exchange(String route, int status, long nanos) {
    int cls = status < 100 || status > 599 ? 0 : status / 100;
    Timer[] ofRoute = timers.computeIfAbsent(route, r -> new Timer[CLASSES.length]);
    Timer timer = ofRoute[cls];
    if (timer == null) {
      timer =
          Timer.builder(prefix + "requests")
              .description("HTTP exchanges from head to end")
              .tag("route", route)
              .tag("status", CLASSES[cls])
              .register(registry);
      ofRoute[cls] = timer;
    }
    timer.record(nanos, TimeUnit.NANOSECONDS);
  }

  void bytes(long request, long response) {
    requestBytes.increment((double) request);
    responseBytes.increment((double) response);
  }

  void connectionRefused() {
    refused.increment();
  }

  void idleClosed() {
    idle.increment();
  }

  void noProgress() {
    stuck.increment();
  }

  void lingerCut() {
    lingerCut.increment();
  }
}
