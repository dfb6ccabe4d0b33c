package io.busbar.gateway.management;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The page a browser shows at the management port. It holds no facts of its own: its script reads
 * {@code /ready}, {@code /info} and {@code /metrics}, with an API key where the node asks for one.
 * Nothing of it comes from elsewhere, and the answer's policy allows nothing else.
 */
final class AdminPage {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Map<String, Part> parts =
      Map.of(
          "/", part("admin.html", "text/html; charset=utf-8"),
          "/admin.css", part("admin.css", "text/css; charset=utf-8"),
          "/admin.js", part("admin.js", "text/javascript; charset=utf-8"));

  private record Part(Buffer body, String type) {}

  private static Part part(String name, String type) {
    try (InputStream in = AdminPage.class.getResourceAsStream(name)) {
      return new Part(Buffer.buffer(in.readAllBytes()), type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean has(String path) {
    return parts.containsKey(path);
  }

  String type(String path) {
    return parts.get(path).type();
  }

  Buffer body(String path) {
    return parts.get(path).body();
  }

  /** Keeps the browser from loading or asking anything but this port. */
  void protect(HttpServerResponse response) {
    response
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
  }
}
