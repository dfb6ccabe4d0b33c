package io.busbar.edge;

import io.busbar.bus.v1.Header;
import io.busbar.bus.v1.RequestHead;
import io.busbar.bus.v1.ResponseHead;
import io.busbar.failure.Failure;
import io.busbar.failure.FailureCode;
import io.busbar.failure.FailureException;
import io.vertx.core.MultiMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers cross the gateway: hop-by-hop and Busbar's own stay here (RFC 9110 7.6.1). */
public final class Headers {
  public static final String AFFINITY = "busbar-affinity";
  public static final String API_KEY = "x-api-key";
  public static final String ATTEMPTS = "busbar-attempts";

  /** Milliseconds that the call waited for its slot. */
  public static final String WAIT = "busbar-wait";

  public static final String AUTHORIZATION = "authorization";
  public static final String CALL_ID = "busbar-call-id";
  public static final String CONNECTION = "connection";
  public static final String CONTENT_LENGTH = "content-length";
  public static final String CONTENT_TYPE = "content-type";
  public static final String DETACHED = "busbar-detached";
  public static final String EXPECT = "expect";
  public static final String ORIGIN = "origin";
  public static final String PRIORITY = "busbar-priority";
  public static final String REQUEST_ID = "x-request-id";
  public static final String TENANT = "busbar-tenant";
  public static final String TIMEOUT = "busbar-timeout";
  public static final String WORKER = "busbar-worker";

  private static final String OWN = "busbar-";
  private static final Set<String> HOP_BY_HOP =
      Set.of(
          CONNECTION,
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  private Headers() {}

  /** Whether a header concerns one connection only; the name in lower case. */
  public static boolean isHopByHop(String name) {
    return HOP_BY_HOP.contains(name);
  }

  /**
   * Copies what travels to the worker.
   *
   * @param options say how many headers a request may have
   * @param dropAuthorization the Authorization header was Busbar's
   * @throws FailureException when there are more
   */
  public static void copyRequest(
      MultiMap from, RequestHead.Builder to, HttpOptions options, boolean dropAuthorization) {
    Set<String> named = namedInConnection(from);
    int count = 0;
    for (Map.Entry<String, String> header : from) {
      if (++count > options.limits().maxHeaders()) {
        throw tooMany(options);
      }
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (HOP_BY_HOP.contains(name)
          || named.contains(name)
          || name.equals(EXPECT)
          || name.equals(API_KEY)
          || name.startsWith(OWN)
          || name.startsWith(":")
          || (dropAuthorization && name.equals(AUTHORIZATION))) {
        continue;
      }
      to.addHeaders(Header.newBuilder().setName(name).setValue(header.getValue()));
    }
  }

  /** Throws when there are more headers than that. */
  public static void checkCount(MultiMap headers, HttpOptions options) {
    if (headers.entries().size() > options.limits().maxHeaders()) {
      throw tooMany(options);
    }
  }

  private static FailureException tooMany(HttpOptions options) {
    return Failure.of(
            FailureCode.HEADERS_TOO_LARGE,
            "more headers than "
                + options.key("max-headers")
                + ", "
                + options.limits().maxHeaders())
        .toException();
  }

  /** Names, in lower case, that the Connection header declares to concern the connection. */
  public static Set<String> namedInConnection(MultiMap headers) {
    String single = headers.get(CONNECTION);
    if (single == null || single.equalsIgnoreCase("keep-alive")) {
      return Set.of();
    }
    Set<String> named = new HashSet<>();
    for (String value : headers.getAll(CONNECTION)) {
      for (String token : value.split(",", -1)) {
        named.add(token.trim().toLowerCase(Locale.ROOT));
      }
    }
    return named;
  }

  /**
   * Checks what a worker answered and copies what travels to the client.
   *
   * @return null, or why this head cannot be sent
   */
  public static Failure copyResponse(ResponseHead from, MultiMap to) {
    int status = from.getStatus();
    if (status < 200 || status > 599) {
      return broken("status " + status + ", expected 200 to 599");
    }
    for (Header header : from.getHeadersList()) {
      String name = header.getName().toLowerCase(Locale.ROOT);
      if (!isToken(name)) {
        return broken("header name '" + Failure.shorten(name, 40) + "', expected a token");
      }
      if (!isFieldValue(header.getValue())) {
        return broken("a value of header " + name + " has characters that no header may have");
      }
      if (HOP_BY_HOP.contains(name) || name.startsWith(OWN)) {
        continue;
      }
      if (name.equals(CONTENT_LENGTH)) {
        long length = parseLength(header.getValue());
        if (length < 0 || (to.contains(name) && parseLength(to.get(name)) != length)) {
          return broken("content-length '" + Failure.shorten(header.getValue(), 40) + "'");
        }
        to.set(name, header.getValue());
      } else {
        to.add(name, header.getValue());
      }
    }
    return null;
  }

  private static Failure broken(String what) {
    return Failure.of(FailureCode.WORKER_PROTOCOL, "the worker's answer has " + what);
  }

  /** A length, -1 = not a number of at most 18 digits. */
  public static long parseLength(String text) {
    if (text == null || text.isEmpty() || text.length() > 18) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private static boolean isToken(String name) {
    if (name.isEmpty()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean ok =
          (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
      if (!ok) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFieldValue(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
        return false;
      }
    }
    return true;
  }
}
