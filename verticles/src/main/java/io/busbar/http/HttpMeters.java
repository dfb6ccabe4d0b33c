package io.busbar.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Meters of the HTTP front side on one lane. Labels come from fixed sets: the route's template and
 * the status class.
 */
final class HttpMeters {
  private static final String REQUESTS = "busbar.http.requests";
  private static final String[] CLASSES = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

  private final MeterRegistry registry;
  private final Map<String, Timer[]> timers = new HashMap<>();
  private final Counter refused;
  private final Counter idle;
  private final Counter stuck;
  private final Counter lingerCut;
  private final Counter requestBytes;
  private final Counter responseBytes;

  HttpMeters(MeterRegistry registry) {
    this.registry = registry;
    refused = registry.counter("busbar.http.connections.refused");
    idle = registry.counter("busbar.http.connections.idle.closed");
    stuck = registry.counter("busbar.http.no.progress");
    lingerCut = registry.counter("busbar.http.linger.cut");
    requestBytes = registry.counter("busbar.http.request.bytes");
    responseBytes = registry.counter("busbar.http.response.bytes");
  }

  /**
   * An exchange ended.
   *
   * @param route template of the route, "none" = no such route
   * @param status 0 = the client left before an answer
   */
  void exchange(String route, int status, long nanos) {
    int cls = status < 100 || status > 599 ? 0 : status / 100;
    Timer[] ofRoute = timers.computeIfAbsent(route, r -> new Timer[CLASSES.length]);
    Timer timer = ofRoute[cls];
    if (timer == null) {
      timer =
          Timer.builder(REQUESTS)
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
