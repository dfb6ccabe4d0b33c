package io.busbar.edge;

import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may call. A browser lets any page send requests to a port of this machine and
 * names the page's origin with them; where no key is asked for, that name is all that tells a page
 * from a program. Programs send no Origin and are not concerned.
 */
final class Origins {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final Set<String> listed;
  private final boolean all;
  private final boolean keyless;
  private final boolean loopback;
  private final String key;

  /**
   * @param keyless requests need no key
   */
  Origins(HttpOptions options, boolean keyless) {
    this.listed =
        options.entry().origins().stream()
            .map(origin -> origin.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    this.all = listed.contains("*");
    this.keyless = keyless;
    this.loopback = LOOPBACK.contains(options.host());
    this.key = options.key("origins");
  }

  /** Why a page's request is not taken; null = it is, or is no page's. */
  Failure refuses(HttpServerRequest request) {
    String origin = request.headers().get(Headers.ORIGIN);
    if (origin == null || !keyless || isListed(origin) || isOwn(origin, request)) {
      return null;
    }
    return Failure.of(
        FailureCode.FORBIDDEN,
        "origin is '"
            + Failure.shorten(origin, 100)
            + "', expected none, that of this port, or one of "
            + key);
  }

  private boolean isListed(String origin) {
    return all || listed.contains(origin.toLowerCase(Locale.ROOT));
  }

  /**
   * A page that this port itself served. On a loopback port its name must be loopback too: a
   * foreign name may be made to point here after the page was loaded.
   */
  private boolean isOwn(String origin, HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null || (loopback && !LOOPBACK.contains(authority.host()))) {
      return false;
    }
    String scheme = request.isSSL() ? "https://" : "http://";
    int usual = request.isSSL() ? 443 : 80;
    int port = authority.port() <= 0 ? usual : authority.port();
    String own = scheme + authority.host();
    return origin.equalsIgnoreCase(own + ":" + port)
        || (port == usual && origin.equalsIgnoreCase(own));
  }

  /**
   * Lets a listed page read the answer; true if the request was a page's question whether it may.
   */
  boolean admit(HttpServerRequest request) {
    String origin = request.headers().get(Headers.ORIGIN);
    if (origin == null || !isListed(origin)) {
      return false;
    }
    MultiMap answer = request.response().headers();
    answer.set("access-control-allow-origin", origin);
    answer.set("access-control-expose-headers", "*");
    answer.add("vary", "origin");
    String method = request.headers().get("access-control-request-method");
    if (method == null || !HttpMethod.OPTIONS.equals(request.method())) {
      return false;
    }
    answer.set("access-control-allow-methods", "GET, HEAD, POST, PUT, DELETE");
    String headers = request.headers().get("access-control-request-headers");
    if (headers != null) {
      answer.set("access-control-allow-headers", headers);
    }
    answer.set("access-control-max-age", "600");
    request.response().setStatusCode(204);
    return true;
  }
}
