package io.busbar.gateway.config;

import io.busbar.edge.HttpOptions;

/** {@code http.*} as the HTTP front side takes it. */
final class HttpSettings {

  private HttpSettings() {}

  static HttpOptions options(Config c) {
    FrontSettings front = c.front(Front.HTTP);
    FrontSettings.Limits limits = front.limits();
    return new HttpOptions(
        "http",
        front.host(),
        front.port(),
        limits.maxConnections(),
        limits.maxStreams(),
        (int) c.size("http.max-uri"),
        limits.maxHeaderBytes(),
        c.integer("http.max-headers"),
        limits.maxBody(),
        limits.progressTimeout(),
        limits.idleTimeout(),
        c.size("http.linger-bytes"),
        c.duration("http.linger-timeout"),
        c.integer("http.max-resets"),
        new HttpOptions.Entry(
            c.duration("http.first-byte-timeout"), c.list("http.origins", String.class)));
  }
}
