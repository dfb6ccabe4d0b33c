package io.busbar.fnlb;

import io.busbar.bus.v1.Header;
import io.busbar.edge.Headers;
import io.busbar.fn.wire.HeaderNames;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A request's headers as the function gets them; no Host, names in canonical case. */
final class FnHeaders {
  private static final String OWN_HEADER = "Fn-Http-H-";
  private static final String OWN = "busbar-";

  private FnHeaders() {}

  /**
   * Of a direct invocation: as received.
   *
   * @param dropAuthorization the Authorization header was Busbar's
   */
  static List<Header> ofInvocation(HttpServerRequest request, boolean dropAuthorization) {
    List<Header> headers = new ArrayList<>();
    for (Map.Entry<String, String> header : request.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (!staysHere(name, dropAuthorization)) {
        headers.add(header(HeaderNames.canonical(header.getKey()), header.getValue()));
      }
    }
    return headers;
  }

  /**
   * Of a trigger: renamed, so that the function can tell what its client sent from what Fn adds;
   * hop-by-hop headers stay here.
   *
   * @param url absolute
   */
  static List<Header> ofTrigger(HttpServerRequest request, String url, boolean dropAuthorization) {
    List<Header> headers = new ArrayList<>();
    Set<String> named = Headers.namedInConnection(request.headers());
    for (Map.Entry<String, String> header : request.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (staysHere(name, dropAuthorization) || Headers.isHopByHop(name) || named.contains(name)) {
        continue;
      }
      String canonical = HeaderNames.canonical(header.getKey());
      headers.add(
          header(
              name.equals(Headers.CONTENT_TYPE) ? canonical : OWN_HEADER + canonical,
              header.getValue()));
    }
    headers.add(header("Fn-Http-Method", request.method().name()));
    headers.add(header("Fn-Http-Request-Url", url));
    headers.add(header("Fn-Intent", "httprequest"));
    return headers;
  }

  private static boolean staysHere(String name, boolean dropAuthorization) {
    return name.equals("host")
        || name.startsWith(":")
        || name.equals(Headers.API_KEY)
        || name.startsWith(OWN)
        || (dropAuthorization && name.equals(Headers.AUTHORIZATION));
  }

  private static Header header(String name, String value) {
    return Header.newBuilder().setName(name).setValue(value).build();
  }
}
