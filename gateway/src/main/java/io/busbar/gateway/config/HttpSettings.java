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
        limits.maxBody(),
        new HttpOptions.Limits(
            limits.maxStreams(),
            (int) c.size("http.max-uri"),
            limits.maxHeaderBytes(),
            c.integer("http.max-headers"),
            c.size("http.linger-bytes"),
            c.integer("http.max-resets")),
        new HttpOptions.Times(
            limits.progressTimeout(), limits.idleTimeout(), c.duration("http.linger-timeout")),
        new HttpOptions.Entry(
            c.duration("http.first-byte-timeout"), c.list("http.origins", String.class)));
  }
}
